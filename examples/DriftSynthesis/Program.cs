using System.CommandLine;
using Lens2Logit.Corruptions;
using Lens2Logit.Examples;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Drift.Synthesis;
using Lens2Logit.Networks;
using Microsoft.ML;
using Spectre.Console;

var options = new ExampleOptions("out/synthesis");
var full = new Option<bool>("--full") { Description = "The paper's protocol: 12 pipelines, 5 splits, both presets of corruptions in all severities." };
var pipelines = new Option<string[]>("--pipelines") { Description = "The pipelines to train and test on, such as bi,s,ga me,s,ga. Default: six, or three with --quick.", AllowMultipleArgumentsPerToken = true };
var segmentation = new Option<bool>("--segmentation") { Description = "Find the nuclei of the built-in smear instead of telling its cells apart." };
var command = new RootCommand("Trains a classifier on each of several ISP pipelines, and tests each on all of them, under corruptions and in other light.")
{
    options.Quick, full, pipelines, segmentation, options.Data, options.Out, options.Size, options.Architecture, options.Shard, options.Resume, options.Merge,
};
command.Validators.Add(result =>
{
    if (result.GetValue(segmentation) && (result.GetValue(options.Data) is not null || result.GetResult(options.Architecture) is { Implicit: false }))
        result.AddError("--segmentation is for the built-in smear and its own network: leave --data and --architecture out.");
});
command.SetAction((arguments, cancellation) => Task.FromResult(ExampleRun.Of(() =>
{
    var (quick, everything, output) = (arguments.GetValue(options.Quick), arguments.GetValue(full), arguments.GetValue(options.Out)!.FullName);
    var units = options.UnitsOf(arguments);
    var ml = ExampleRun.Context();
    var data = arguments.GetValue(segmentation)
        ? new DriftData(ml.Data.LoadSegmentedSmear(new() { Count = quick ? 300 : 800, Size = arguments.GetValue(options.Size), Seed = 1001 })) { MaskColumnName = "Mask" }
        : ExampleData.All(ml, arguments.GetValue(options.Data)?.FullName, arguments.GetValue(options.Size), images: quick ? 500 : 1400);
    string[] chosen = arguments.GetValue(pipelines) is { Length: > 0 } names ? [.. names.Select(name => IspConfiguration.Parse(name).ToString())] : quick ? ["bi,s,ga", "ma,u,me", "me,s,ga"] : ["bi,s,ga", "bi,u,me", "ma,s,me", "ma,u,ga", "me,s,ga", "me,u,me"];

    SynthesisResult result = null!;
    DriftBar.Show("training", bar => result = ml.Drift().Synthesize(data, new()
    {
        Conditions = everything ? DriftCondition.Pipelines(new()) : [.. chosen.Select(name => new DriftCondition { Name = name, Configuration = name })],
        Splits = everything ? 5 : quick ? 2 : 3,
        Presets = everything ? [CorruptionPreset.Gentle, CorruptionPreset.ImageNetC] : [CorruptionPreset.Gentle],
        Severities = everything ? [1, 2, 3, 4, 5] : [3],
        Trainer = arguments.GetValue(segmentation) ? DriftTrainer.RawImageSegmentation() : DriftTrainer.RawImageClassification(new()
        {
            Architecture = arguments.GetValue(options.Architecture)!,
            Epochs = quick ? 8 : 12,
            LearningRate = arguments.GetValue(options.Architecture) == Architecture.SmallCnn ? 3e-3 : 1e-3,
            WarmupSteps = 30,
        }),
        ResultFolder = units.Folder,
        Resume = units.Resume,
        MergeFolders = units.MergeFolders,
        Shard = units.Shard,
        Progress = bar,
        CancellationToken = cancellation,
    }));
    result.Save(output);
    ExampleRun.ShowMissing(result.Missing);
    Show(result);
    AnsiConsole.MarkupLineInterpolated($"[grey]Report, figures and data are in {output}[/]");

    static void Show(SynthesisResult result)
    {
        var table = new Table().Title($"{(result.Task == DriftTask.Segmentation ? "Intersection over union" : "Accuracy")}, mean ± standard deviation: trained on (row), tested on (column)").AddColumn("");
        foreach (var column in result.Conditions)
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var row in result.Conditions)
            table.AddRow([row, .. result.Conditions.Select(column => result.Cell(row, column)).Select(cell => cell.Count == 0 ? "–" : cell.ToString())]);
        AnsiConsole.Write(table);
        var summary = result.Summary();
        AnsiConsole.MarkupLineInterpolated($"Same pipeline [bold]{summary.SamePipeline.Mean:F3}[/]; other pipelines lose [bold]{summary.PipelineDrop.Mean:F3}[/], the worst pair ({summary.WorstPair}) {summary.WorstPipelineDrop:F3}.");
        AnsiConsole.MarkupLineInterpolated($"Corruptions lose [bold]{summary.CorruptionDrop.Mean:F3}[/], [bold]{summary.Ratio:F1}[/] times as much; drifts of the measurement {summary.MeasurementDrop.Mean:F3}.");
    }
})));
return await command.Parse(args).InvokeAsync();
