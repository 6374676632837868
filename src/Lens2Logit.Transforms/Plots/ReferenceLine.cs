namespace Lens2Logit.Plots;

/// <summary>A thin grey line across a <see cref="LineChart"/> to compare with: a limit, a target, a baseline.</summary>
/// <param name="Value">Where it crosses the axis; finite.</param>
/// <param name="Label">Text along the line; may be empty.</param>
public sealed record ReferenceLine(double Value, string Label);
