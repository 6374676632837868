using System.CommandLine;
using DriftOptimization;
using Lens2Logit.Networks;

var quick = new Option<bool>("--quick") { Description = "One seed, fewer images and epochs: under a minute." };
var data = new Option<DirectoryInfo?>("--data") { Description = "Folder of images, labelled by subfolder or by labels.csv (path,label,split). Default: the built-in blood smear." };
var output = new Option<DirectoryInfo>("--out") { Description = "Folder for pictures, table and model.", DefaultValueFactory = _ => new("out") };
var seeds = new Option<int>("--seeds") { Description = "How often the experiment is repeated. Default: 3, or 1 with --quick." };
var size = new Option<int>("--size") { Description = "Height and width in pixels.", DefaultValueFactory = _ => 64 };
var architecture = new Option<string>("--architecture") { Description = $"The network: {string.Join(", ", NetworkRegistry.Names)}.", DefaultValueFactory = _ => Architecture.SmallCnn };
seeds.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() < 1)
        result.AddError($"--seeds is {result.GetValueOrDefault<int>()}; expected at least 1.");
});
architecture.AcceptOnlyFromAmong([.. NetworkRegistry.Names]);

var command = new RootCommand("Trains a classifier in good light, lets the light drop to 1 %, and adapts it with the ISP frozen and with the ISP learned.")
{
    quick, data, output, seeds, size, architecture,
};
command.SetAction((arguments, cancellation) => Task.FromResult(Application.Run(new()
{
    Quick = arguments.GetValue(quick),
    Data = arguments.GetValue(data)?.FullName,
    Out = arguments.GetValue(output)!.FullName,
    Seeds = arguments.GetValue(seeds) is > 0 and var n ? n : arguments.GetValue(quick) ? 1 : 3,
    Size = arguments.GetValue(size),
    Architecture = arguments.GetValue(architecture)!,
}, cancellation)));
return await command.Parse(args).InvokeAsync();
