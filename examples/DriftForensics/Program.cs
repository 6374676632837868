using System.CommandLine;
using Lens2Logit.Examples;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;

var options = new ExampleOptions("out/forensics");
var trained = new Option<FileInfo?>("--model") { Description = "A model.zip of an earlier run to investigate, instead of training one. Shards need the same." };
var command = new RootCommand("Trains a classifier behind a frozen ISP, then finds out which changes of the camera break it, and within which tolerance it can be trusted.")
{
    options.Quick, options.Data, options.Out, trained, options.Size, options.Architecture, options.Shard, options.Resume, options.Merge,
};
command.SetAction((arguments, cancellation) => Task.FromResult(ExampleRun.Of(() =>
{
    var (quick, folder, output) = (arguments.GetValue(options.Quick), arguments.GetValue(options.Data)?.FullName, arguments.GetValue(options.Out)!.FullName);
    var ml = ExampleRun.Context();
    var data = ExampleData.Load(ml, folder, arguments.GetValue(options.Size), trainImages: quick ? 600 : 1000, testImages: quick ? 200 : 400, seed: 1);

    var units = options.UnitsOf(arguments);
    var kept = Path.Combine(output, "model.zip");
    var model = arguments.GetValue(trained)?.FullName is { } given ? ml.Model.Load(given, out _) : units.Resume && File.Exists(kept) ? ml.Model.Load(kept, out _) : Train();

    ForensicsResult result = null!;
    DriftBar.Show("training", bar => result = ml.Drift().Investigate(model, data.Train, new()
    {
        EvaluationData = data.Test,
        Epochs = quick ? 2 : 4,
        SearchImages = quick ? 300 : 500,
        EvaluationImages = quick ? 150 : 400,
        Weights = quick ? [10, 3] : null,
        ParameterSets = quick ? [["black_level"], ["color_matrix"], ["blur"], ["gamma"]] : null,
        SensitivityPoints = quick ? 7 : 15,
        Tolerance = quick ? new() { Axes = ["illumination", "black level", "gamma"], Bisections = 3, JointSamples = 15 } : new(),
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

    // The specification at work: the same camera, and the same camera in a hundredth of the light.
    foreach (float light in result.Tolerance is null ? [] : new[] { 1, 0.01f })
    {
        var rows = Camera(light).Append(ml.Transforms.CheckTolerance(Path.Combine(output, "tolerance.json"), model)).Fit(data.Test).Transform(data.Test);
        var marks = rows.GetColumn<bool>("OutsideTolerance").ToList();
        AnsiConsole.MarkupLineInterpolated($"CheckTolerance at light {light}: {marks.Count(outside => outside)} of {marks.Count} rows are marked as measured outside.");
    }
    AnsiConsole.MarkupLineInterpolated($"[grey]Report, figures, tolerance.json and model.zip are in {output}[/]");

    ITransformer Train()
    {
        ITransformer model = null!;
        DriftBar.Show("training", bar => model = Pipeline(bar).Fit(data.Train));
        cancellation.ThrowIfCancellationRequested();
        Directory.CreateDirectory(output);
        ml.Model.Save(model, data.Train.Schema, kept);
        return model;
    }

    IEstimator<ITransformer> Camera(float light)
    {
        IEstimator<ITransformer> measurement = ml.Transforms.SimulateMeasurement("Raw", data.SceneColumn, SensorPresets.RawDrone, new Exposure { Illumination = light }, data.KeyColumn);
        return data.ReadImages is { } read ? read.Append(measurement) : measurement;
    }

    IEstimator<ITransformer> Pipeline(IProgress<TrainingProgress> progress) => Camera(1)
        .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
        .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
        .Append(ml.MulticlassClassification.Trainers.RawImageClassification(new RawImageClassificationTrainer.Options
        {
            Architecture = arguments.GetValue(options.Architecture)!,
            LearningRate = arguments.GetValue(options.Architecture) == Architecture.SmallCnn ? 3e-3 : 1e-3,
            WarmupSteps = 30,
            Epochs = quick ? 10 : 15,
            FreezeStages = true,
            Seed = 1,
            Progress = progress,
            CancellationToken = cancellation,
        }));

    static void Show(ForensicsResult result)
    {
        var table = new Table().Title($"Accuracy {result.Score:P1} as it is; the strongest changes with views alike (similarity ≥ {result.MinimumSimilarity})")
            .AddColumns("parameters", "λ", "accuracy", "similarity", "random change", "points below random");
        foreach (var finding in result.Ranking())
            table.AddRow(finding.ParameterSet, $"{finding.Weight:G3}", $"{finding.Score:P1}", $"{finding.Similarity:F3}", $"{finding.Control.MeanScore:P1}", $"{100 * finding.BelowControl:F1}");
        AnsiConsole.Write(table);
        if (result.Tolerance is not { } tolerance)
            return;
        var intervals = new Table().Title($"Accuracy stays at {tolerance.MinimumScore:P1} or above").AddColumns("quantity", "unit", "nominal", "low", "high");
        foreach (var interval in tolerance.Intervals)
            intervals.AddRow(interval.Axis, interval.Unit, $"{interval.Nominal:G4}", $"{interval.Low:G4}", $"{interval.High:G4}");
        AnsiConsole.Write(intervals);
    }
})));
return await command.Parse(args).InvokeAsync();
