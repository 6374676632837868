using System.Diagnostics;
using System.Globalization;
using Lens2Logit.Augmentation;
using Lens2Logit.Examples;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Evaluation;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;

namespace Segmentation;

/// <summary>Trains, tests, and shows what came of it.</summary>
internal static class Application
{
    public static void Run(Settings settings, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var ml = ExampleRun.Context();
        AnsiConsole.MarkupLineInterpolated($"[bold]Segmentation[/] of {settings.Data ?? "nuclei in the built-in blood smear"}, {settings.Size}×{settings.Size} pixels, {settings.Architecture}, {settings.Illumination:P0} of the light");
        var data = ExampleData.Load(ml, settings);
        var log = new TrainingLog();
        var model = Train(ml, settings, data, log, cancellation);

        var scored = ml.Data.Cache(model.Transform(data.Test));
        var metrics = ml.Segmentation().Evaluate(scored);
        Show(metrics);
        Directory.CreateDirectory(settings.Out);
        log.SaveCurves(Path.Combine(settings.Out, "curves.png"));
        Pictures.SaveMasks(scored, settings.Size, Path.Combine(settings.Out, "masks.png"));
        File.WriteAllLines(Path.Combine(settings.Out, "results.csv"),
        [
            "iou,mean_iou,dice,precision,recall,images",
            string.Join(',', new[] { metrics.IntersectionOverUnion, metrics.MeanIntersectionOverUnion, metrics.Dice, metrics.Precision, metrics.Recall, metrics.Images }.Select(v => v.ToString("G6", CultureInfo.InvariantCulture))),
        ]);
        ml.Model.Save(model, data.Train.Schema, Path.Combine(settings.Out, "model.zip"));
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine("What the ISP has learnt:");
        AnsiConsole.WriteLine(model.GetStage<ParametrizedIsp>("Rgb").ToString());
        AnsiConsole.MarkupLineInterpolated($"[grey]{watch.Elapsed.TotalSeconds:F0} s. Pictures, table and model are in {settings.Out}[/]");
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>From the scene to the mask: the whole pipeline that a user would write.</summary>
    private static TransformerChain<RawImageSegmentationTransformer> Train(MLContext ml, Settings settings, ExampleData data, TrainingLog log, CancellationToken cancellation)
    {
        IEstimator<ITransformer> camera = ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, new Exposure { Illumination = settings.Illumination }, rowKeyColumnName: "Name")
            .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }));
        return camera.Append(ml.Segmentation().Trainers.RawImageSegmentation(new()
        {
            Architecture = settings.Architecture,
            Epochs = settings.Epochs,
            BatchSize = 16,
            LearningRate = 1e-3,
            StageLearningRate = 1e-3,
            Augmentation = AugmentationStrength.Weak,
            ValidationSet = data.Validation is null ? null : camera.Fit(data.Train).Transform(data.Validation),
            ValidationFraction = data.Validation is null ? 0.1 : 0,
            EarlyStopping = new() { Patience = 10 },
            Precision = settings.BFloat16 ? TrainingPrecision.BFloat16 : TrainingPrecision.Float32,
            ChannelsLast = settings.BFloat16,
            Weights = settings.EncoderWeights is { } file ? new() { Source = file, Part = "encoder", Except = ["fc"] } : null,
            CheckpointPath = settings.Checkpoint,
            Progress = log,
            CancellationToken = cancellation,
        })).Fit(data.Train);
    }

    private static void Show(SegmentationMetrics metrics)
    {
        var table = new Table().AddColumns("on the test images", "");
        table.AddRow("intersection over union", metrics.IntersectionOverUnion.ToString("F3", CultureInfo.InvariantCulture));
        table.AddRow("the same, mean of the images", metrics.MeanIntersectionOverUnion.ToString("F3", CultureInfo.InvariantCulture));
        table.AddRow("Dice", metrics.Dice.ToString("F3", CultureInfo.InvariantCulture));
        table.AddRow("precision", metrics.Precision.ToString("F3", CultureInfo.InvariantCulture));
        table.AddRow("recall", metrics.Recall.ToString("F3", CultureInfo.InvariantCulture));
        AnsiConsole.Write(table);
    }
}
