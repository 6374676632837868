namespace Lens2Logit.Plots;

/// <summary>How a series is drawn.</summary>
public enum SeriesMark
{
    /// <summary>A line through the points.</summary>
    Line,

    /// <summary>A marker at each point.</summary>
    Points,

    /// <summary>Both.</summary>
    LineAndPoints,
}
