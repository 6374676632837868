using System.CommandLine;
using CameraCharacterization;
using Lens2Logit.Sensors;

var sensor = new Option<string>("--sensor") { Description = "The camera that is measured.", DefaultValueFactory = _ => nameof(SensorPresets.RawDrone) };
var output = new Option<DirectoryInfo>("--out") { Description = "Folder for the pictures.", DefaultValueFactory = _ => new("out") };
sensor.AcceptOnlyFromAmong([.. SensorPresets.All.Select(preset => preset.Name)]);

var command = new RootCommand("Measures a simulated camera after EMVA 1288, photographs one scene at the seven intensities of the paper, and shows another on its way from the lens to the view.") { sensor, output };
command.SetAction(arguments =>
{
    var folder = arguments.GetValue(output)!.FullName;
    PhotonTransfer.Measure(SensorPresets.Get(arguments.GetValue(sensor)!), folder);
    IntensitySheet.Save(Path.Combine(folder, "intensities.png"));
    ChainSheet.Save(Path.Combine(folder, "chain.png"));
    Console.WriteLine($"The pictures are in {folder}.");
});
return command.Parse(args).Invoke();
