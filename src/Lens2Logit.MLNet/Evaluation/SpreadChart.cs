using Lens2Logit.Plots;

namespace Lens2Logit.MLNet.Evaluation;

/// <summary>Metrics in [0, 1] as bars with whiskers.</summary>
internal static class SpreadChart
{
    /// <summary>
    /// What is undefined, such as the F1 of a class that has no row, has no bar. Where a deviation is undefined, as of a single split, no bar has
    /// whiskers: some without would look exact.
    /// </summary>
    public static BarChart Of(string title, IReadOnlyList<(string Name, Spread Value)> metrics)
    {
        var defined = metrics.Where(m => !double.IsNaN(m.Value.Mean)).ToList();
        return new()
        {
            Title = title,
            Labels = [.. defined.Select(m => m.Name)],
            Values = [.. defined.Select(m => m.Value.Mean)],
            Spread = defined.Any(m => double.IsNaN(m.Value.StandardDeviation)) ? null : [.. defined.Select(m => m.Value.StandardDeviation)],
            Axis = new("mean, and standard deviation over the splits") { Minimum = 0, Maximum = 1 },
            Format = "F3",
        };
    }
}
