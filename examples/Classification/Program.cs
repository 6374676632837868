using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Lens2Logit.Augmentation;
using Lens2Logit.Examples;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Evaluation;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Spectre.Console;

var options = new ExampleOptions("out");
var epochs = new Option<int>("--epochs") { Description = "How often every image is seen. Default: 18, or 8 with --quick." };
var illumination = new Option<float>("--illumination") { Description = "Light on the camera, as a share of what exposes it fully.", DefaultValueFactory = _ => 1 };
var grey = new Option<bool>("--grey") { Description = "Turn the images of --data grey before they are photographed: what does the shape alone tell?" };
var bfloat16 = new Option<bool>("--bfloat16") { Description = "Let the network compute in bfloat16, channels last: faster, a little less exact." };
var checkpoint = new Option<FileInfo?>("--checkpoint") { Description = "File to which the training is saved after every epoch, and from which it goes on." };
var command = new RootCommand("Photographs images with a simulated camera, and learns to classify them together with the camera's ISP.")
{
    options.Quick, options.Data, options.Out, options.Size, options.Architecture, epochs, illumination, grey, bfloat16, checkpoint,
};
command.Validators.Add(result =>
{
    if (result.GetValue(grey) && result.GetValue(options.Data) is null)
        result.AddError("--grey needs --data: the classes of the built-in smear do not differ in colour.");
});
command.SetAction((arguments, cancellation) => Task.FromResult(ExampleRun.Of(() =>
{
    var watch = Stopwatch.StartNew();
    var (quick, folder, output, size) = (arguments.GetValue(options.Quick), arguments.GetValue(options.Data)?.FullName, arguments.GetValue(options.Out)!.FullName, arguments.GetValue(options.Size));
    var architecture = arguments.GetValue(options.Architecture)!;
    var ml = ExampleRun.Context();
    AnsiConsole.MarkupLineInterpolated($"[bold]Classification[/] of {folder ?? "the built-in blood smear"}, {size}×{size} pixels, {architecture}");
    var data = ExampleData.Load(ml, folder, size, trainImages: quick ? 600 : 1000, testImages: quick ? 200 : 400, seed: 1);

    // From the scene to the class: the whole pipeline that a user would write.
    IEstimator<ITransformer> camera = ml.Transforms.SimulateMeasurement("Raw", data.SceneColumn, SensorPresets.RawDrone, new Exposure { Illumination = arguments.GetValue(illumination) }, data.KeyColumn)
        .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }));
    if (arguments.GetValue(grey))
        camera = ml.Transforms.ConvertToGrayscale(data.SceneColumn).Append(camera);
    if (data.ReadImages is { } read)
        camera = read.Append(camera);
    camera = camera.Append(ml.Transforms.Conversion.MapValueToKey("Label"));
    var log = new TrainingLog();
    var fast = arguments.GetValue(bfloat16);
    var model = camera.Append(ml.MulticlassClassification.Trainers.RawImageClassification(new()
    {
        Architecture = architecture,
        Epochs = arguments.GetValue(epochs) is > 0 and var n ? n : quick ? 8 : 18,
        LearningRate = 1e-3,
        StageLearningRate = 1e-3,
        WarmupSteps = 30,
        Augmentation = AugmentationStrength.Weak,
        ValidationSet = data.Validation is null ? null : camera.Fit(data.Train).Transform(data.Validation),
        ValidationFraction = data.Validation is null ? 0.1 : 0,
        Precision = fast ? TrainingPrecision.BFloat16 : TrainingPrecision.Float32,
        ChannelsLast = fast,
        CheckpointPath = arguments.GetValue(checkpoint)?.FullName,
        Progress = log,
        CancellationToken = cancellation,
    })).Fit(data.Train);

    var metrics = ml.MulticlassClassification.Evaluate(model.Transform(data.Test));
    var summary = ClassificationSummary.Of([metrics], model.LastTransformer.ClassNames);
    var table = new Table().AddColumns("on the test images", "precision", "recall", "F1");
    foreach (var c in summary.Classes)
        table.AddRow(c.Name, Percent(c.Precision.Mean), Percent(c.Recall.Mean), Percent(c.F1.Mean));
    AnsiConsole.Write(table);
    AnsiConsole.WriteLine($"Accuracy: {Percent(metrics.MicroAccuracy)} on the test images.");

    Directory.CreateDirectory(output);
    log.SaveCurves(Path.Combine(output, "curves.png"));
    summary.ToHeatMap().Save(Path.Combine(output, "confusion.png"));
    File.WriteAllLines(Path.Combine(output, "results.csv"),
    [
        "class,precision,recall,f1,rows",
        .. summary.Classes.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name},{c.Precision.Mean:G6},{c.Recall.Mean:G6},{c.F1.Mean:G6},{c.Rows}")),
        string.Create(CultureInfo.InvariantCulture, $"all,,{metrics.MicroAccuracy:G6},,{summary.Classes.Sum(c => c.Rows)}"),
    ]);
    ml.Model.Save(model, data.Train.Schema, Path.Combine(output, "model.zip"));
    AnsiConsole.WriteLine();
    AnsiConsole.WriteLine("What the ISP has learnt:");
    AnsiConsole.WriteLine(model.GetStage<ParametrizedIsp>("Rgb").ToString());
    AnsiConsole.MarkupLineInterpolated($"[grey]{watch.Elapsed.TotalSeconds:F0} s. Pictures, table and model are in {output}[/]");
    cancellation.ThrowIfCancellationRequested();

    static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
})));
return await command.Parse(args).InvokeAsync();
