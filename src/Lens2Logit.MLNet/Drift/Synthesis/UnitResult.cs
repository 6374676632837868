namespace Lens2Logit.MLNet.Drift.Synthesis;

/// <summary>What one unit of work gave: a model trained on one condition and split, and its scores on every test.</summary>
/// <param name="Condition">Name of the condition it was trained on.</param>
/// <param name="Split">Number of the split, from 1.</param>
/// <param name="Scores">Score of each test that could be run, by its key.</param>
/// <param name="Failures">Why each other test could not be run, by its key.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record UnitResult(string Condition, int Split, IReadOnlyDictionary<string, double> Scores, IReadOnlyDictionary<string, string> Failures, double Seconds);
