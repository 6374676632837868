using System.CommandLine;
using System.Diagnostics;
using DriftOptimization;
using Lens2Logit.Examples;
using Lens2Logit.MLNet.Drift.Optimization;
using Lens2Logit.Networks;
using Microsoft.ML;
using Spectre.Console;

var options = new ExampleOptions("out");
var seeds = new Option<int>("--seeds") { Description = "How often the experiment is repeated. Default: 3, or 1 with --quick." };
var scratch = new Option<bool>("--scratch") { Description = "Also train from scratch in low light, which doubles the time." };
var acquisition = new Option<bool>("--acquisition") { Description = "Also learn the camera's gain and black level with the ISP, in the light that is left." };
seeds.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() < 1)
        result.AddError($"--seeds is {result.GetValueOrDefault<int>()}; expected at least 1.");
});
var command = new RootCommand("Trains a classifier in good light, lets the light drop to 1 %, and adapts it with the ISP frozen, with the exposure compensated, and with the ISP learned.")
{
    options.Quick, options.Data, options.Out, seeds, scratch, acquisition, options.Size, options.Architecture, options.Shard, options.Resume, options.Merge,
};
command.SetAction((arguments, cancellation) => Task.FromResult(ExampleRun.Of(() =>
{
    var watch = Stopwatch.StartNew();
    var (quick, folder, output, size) = (arguments.GetValue(options.Quick), arguments.GetValue(options.Data)?.FullName, arguments.GetValue(options.Out)!.FullName, arguments.GetValue(options.Size));
    var units = options.UnitsOf(arguments);
    var architecture = arguments.GetValue(options.Architecture)!;
    var ml = ExampleRun.Context();
    AnsiConsole.MarkupLineInterpolated($"[bold]Drift optimisation[/] on {folder ?? "the built-in blood smear"}, {size}×{size} pixels, {architecture}");
    var data = ExampleData.Load(ml, folder, size, trainImages: quick ? 600 : 1000, testImages: quick ? 200 : 400, seed: 1);

    OptimizationResult result = null!;
    DriftBar.Show("training", bar => result = ml.Drift().Optimize(data.ToDriftData(data.Train), new()
    {
        TestData = data.ToDriftData(data.Test),
        Training = new() { Architecture = architecture, Epochs = quick ? 10 : 12, LearningRate = architecture == Architecture.SmallCnn ? 3e-3 : 1e-3, WarmupSteps = 30 },
        FromScratch = arguments.GetValue(scratch),
        LearnAcquisition = arguments.GetValue(acquisition),
        Seeds = arguments.GetValue(seeds) is > 0 and var n ? n : quick ? 1 : 3,
        ResultFolder = units.Folder,
        Resume = units.Resume,
        MergeFolders = units.MergeFolders,
        Shard = units.Shard,
        Progress = bar,
        CancellationToken = cancellation,
    }));
    result.Save(output);
    ExampleRun.ShowMissing(result.Missing);
    ResultTable.Show(result);
    AnsiConsole.WriteLine($"What the ISP has learnt (seed {result.Seeds[0].Seed}):");
    AnsiConsole.WriteLine(result.LearnedIsp);
    SavedModel.SaveAndTry(ml, result, data, Path.Combine(output, "model.zip"));
    AnsiConsole.MarkupLineInterpolated($"[grey]{watch.Elapsed.TotalSeconds:F0} s, peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB. Report, pictures, table and model are in {output}[/]");
    cancellation.ThrowIfCancellationRequested();
})));
return await command.Parse(args).InvokeAsync();
