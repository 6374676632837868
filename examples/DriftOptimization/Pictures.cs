using Lens2Logit.Plots;

namespace DriftOptimization;

/// <summary>The curves of adapting, and test images as each model sees them.</summary>
internal static class Pictures
{
    /// <summary>Test accuracy in low light over the epochs of adapting: mean over the seeds, and their standard deviation.</summary>
    public static void SaveCurves(IReadOnlyList<SeedResult> results, string path)
    {
        double[] epochs = [.. Enumerable.Range(0, results.Min(r => Math.Min(r.Learned.Length, r.Frozen.Length)))];
        new LineChart
        {
            Title = "The light drops to 1 %: adapting the model",
            XAxis = new("epoch of adapting") { WholeNumbers = true },
            YAxis = new("test accuracy in low light, %") { Minimum = 0, Maximum = 100 },
            Series = [Curve("ISP learned with the network", r => r.Learned), Curve("ISP frozen, network only", r => r.Frozen)],
            HorizontalLines = [new(100 * results.Average(r => r.GoodLight), "before the drop, in good light")],
        }.Save(path);

        PlotSeries Curve(string name, Func<SeedResult, double[]> curve) => PlotSeries.OfRuns(
            results.Count > 1 ? $"{name}\n(mean ± s.d. of {results.Count} seeds)" : name,
            epochs,
            [.. results.Select(r => Array.ConvertAll(curve(r)[..epochs.Length], share => 100 * share))]);
    }

    public static void SaveImages(IReadOnlyList<SheetRow> samples, string path) => new ContactSheet { Rows = samples }.Save(path);
}
