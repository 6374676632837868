using System.Diagnostics;
using System.Globalization;
using Lens2Logit.Augmentation;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Spectre.Console;

namespace Segmentation;

/// <summary>Trains, tests, and shows what came of it.</summary>
internal static class Application
{
    public static int Run(Settings settings, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, message) =>
        {
            if (message.Kind is ChannelMessageKind.Warning or ChannelMessageKind.Error)
                AnsiConsole.MarkupLineInterpolated($"[yellow]{message.Message}[/]");
        };
        try
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]Segmentation[/] of {settings.Data ?? "nuclei in the built-in blood smear"}, {settings.Size}×{settings.Size} pixels, {settings.Architecture}, {settings.Illumination:P0} of the light");
            var data = ExampleData.Load(ml, settings);
            var epochs = new List<TrainingProgress>();
            var model = Train(ml, settings, data, epochs, cancellation);

            var scored = ml.Data.Cache(model.Transform(data.Test));
            var metrics = ml.Segmentation().Evaluate(scored);
            Show(metrics);
            Directory.CreateDirectory(settings.Out);
            if (epochs.Count > 0)
                Pictures.SaveCurves(epochs, Path.Combine(settings.Out, "curves.png"));
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
            return cancellation.IsCancellationRequested ? 130 : 0;
        }
        catch (OperationCanceledException)
        {
            AnsiConsole.MarkupLine("[yellow]Cancelled.[/]");
            return 130;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or UnauthorizedAccessException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return 1;
        }
    }

    /// <summary>From the scene to the mask: the whole pipeline that a user would write.</summary>
    private static TransformerChain<RawImageSegmentationTransformer> Train(MLContext ml, Settings settings, ExampleData data, List<TrainingProgress> epochs, CancellationToken cancellation)
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
            ValidationSet = data.Validation is null ? null : camera.Fit(data.Validation).Transform(data.Validation),
            ValidationFraction = data.Validation is null ? 0.1 : 0,
            EarlyStopping = new() { Patience = 10 },
            CheckpointPath = settings.Checkpoint,
            Progress = new Printed(epochs),
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

    /// <summary>Prints a line per epoch and keeps it.</summary>
    private sealed class Printed(List<TrainingProgress> epochs) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (!value.EndOfEpoch)
                return;
            epochs.Add(value);
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"epoch {value.Epoch,3} of {value.Epochs}: Dice loss {value.Loss:F3}, IoU {value.Metric:F3}, on images left out {value.ValidationMetric:F3}"));
        }
    }
}
