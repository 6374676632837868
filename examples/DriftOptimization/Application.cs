using Lens2Logit.Examples;
using System.Diagnostics;
using Lens2Logit.Isp;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Spectre.Console;

namespace DriftOptimization;

/// <summary>Runs the experiment for every seed and shows what came of it.</summary>
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
            Directory.CreateDirectory(settings.Out);
            AnsiConsole.MarkupLineInterpolated($"[bold]Drift optimisation[/] on {settings.Data ?? "the built-in blood smear"}, {settings.Size}×{settings.Size} pixels, {settings.Architecture}");
            AnsiConsole.WriteLine($"Trained in good light; then the light drops to {settings.LowLight:P0} and the model adapts for {settings.AdaptationEpochs} epochs.");

            var results = RunSeeds(ml, settings, cancellation);
            if (results.Count == 0)
                return Cancelled();
            ResultTable.Show(results);
            ResultTable.Save(results, Path.Combine(settings.Out, "results.csv"));
            Pictures.SaveCurves(results, Path.Combine(settings.Out, "curves.png"));
            var first = results[0];
            Pictures.SaveImages(first.Samples, Path.Combine(settings.Out, "images.png"));
            AnsiConsole.WriteLine();
            AnsiConsole.WriteLine($"What the ISP has learnt (seed {first.Seed}):");
            AnsiConsole.WriteLine(first.LearnedModel.GetStage<ParametrizedIsp>("Rgb").ToString());
            SavedModel.SaveAndTry(ml, first, Path.Combine(settings.Out, "model.zip"));
            AnsiConsole.MarkupLineInterpolated($"[grey]{watch.Elapsed.TotalSeconds:F0} s, peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB. Pictures, table and model are in {settings.Out}[/]");
            return cancellation.IsCancellationRequested ? Cancelled() : 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or UnauthorizedAccessException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return 1;
        }
    }

    /// <summary>All seeds, or those finished when the user pressed Ctrl+C.</summary>
    private static List<SeedResult> RunSeeds(MLContext ml, Settings settings, CancellationToken cancellation)
    {
        var results = new List<SeedResult>();
        LiveProgress.Show(settings.Seeds * Experiment.PhasesPerSeed, progress =>
        {
            try
            {
                for (int seed = 1; seed <= settings.Seeds; seed++)
                    results.Add(new Experiment(ml, settings, ExampleData.Load(ml, settings.Data, settings.Size, settings.TrainImages, settings.TestImages, seed), seed).Run(phase => progress.Phase($"seed {seed}: {phase}"), cancellation));
            }
            catch (OperationCanceledException)
            {
                // What is finished is shown.
            }
        });
        return results;
    }

    private static int Cancelled()
    {
        AnsiConsole.MarkupLine("[yellow]Cancelled.[/]");
        return 130;
    }
}
