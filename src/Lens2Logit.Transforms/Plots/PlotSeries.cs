namespace Lens2Logit.Plots;

/// <summary>One curve of a <see cref="LineChart"/>.</summary>
/// <param name="Name">Name in the legend; empty keeps it out of there.</param>
/// <param name="X">Positions along the horizontal axis, finite.</param>
/// <param name="Y">Values, finite, as many as <paramref name="X"/>.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>
    /// Half width of a band around the curve, finite and not negative, as many values as <see cref="Y"/>; by convention the standard
    /// deviation over repetitions. Default null: no band.
    /// </summary>
    public IReadOnlyList<double>? Spread { get; init; }

    /// <summary>How the series is drawn. Default <see cref="SeriesMark.Line"/>.</summary>
    public SeriesMark Mark { get; init; }

    /// <summary>The mean of repeated curves, with their standard deviation (n − 1) as band where there are several.</summary>
    /// <param name="name">Name in the legend.</param>
    /// <param name="x">Positions along the horizontal axis.</param>
    /// <param name="runs">One curve for each repetition, each with a value for each position.</param>
    /// <exception cref="ArgumentException">There is no run, or one does not have as many values as <paramref name="x"/>.</exception>
    public static PlotSeries OfRuns(string name, IReadOnlyList<double> x, IReadOnlyList<IReadOnlyList<double>> runs)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(runs);
        PlotData.RequireAny(runs.Count, $"'{name}'", "run", nameof(runs));
        for (int run = 0; run < runs.Count; run++)
            PlotData.RequireCount(runs[run].Count, x.Count, $"run {run} of '{name}'", nameof(runs));

        var mean = new double[x.Count];
        var deviation = new double[x.Count];
        for (int i = 0; i < x.Count; i++)
        {
            mean[i] = runs.Average(run => run[i]);
            deviation[i] = Math.Sqrt(runs.Sum(run => (run[i] - mean[i]) * (run[i] - mean[i])) / Math.Max(1, runs.Count - 1));
        }
        return new(name, x, mean) { Spread = runs.Count > 1 ? deviation : null };
    }
}
