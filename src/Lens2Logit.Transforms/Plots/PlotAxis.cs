namespace Lens2Logit.Plots;

/// <summary>An axis of a <see cref="LineChart"/> or a <see cref="BarChart"/>.</summary>
/// <param name="Title">What is drawn along it, with its unit: "signal, DN".</param>
public sealed record PlotAxis(string Title)
{
    /// <summary>Whether the axis is logarithmic (base 10); all values along it must then be above 0. Default false.</summary>
    public bool Logarithmic { get; init; }

    /// <summary>Whether only whole numbers are marked, as for epochs. Default false.</summary>
    public bool WholeNumbers { get; init; }

    /// <summary>Where the axis begins. Default null: at the data.</summary>
    public double? Minimum { get; init; }

    /// <summary>Where the axis ends. Default null: at the data.</summary>
    public double? Maximum { get; init; }
}
