namespace Lens2Logit.MLNet.Drift.TestCases;

/// <summary>A model's score under a drift test case is below its bound.</summary>
public sealed class DriftBoundException : Exception
{
    internal DriftBoundException(DriftTestCase testCase, double score, double bound)
        : base(FormattableString.Invariant($"Drift case '{testCase.Name}': the score is {score:F4}, below the bound of {bound:F4}. To reproduce:\n{testCase.ToReproduce()}"))
    {
        (Case, Score, Bound) = (testCase, score, bound);
    }

    /// <summary>The case.</summary>
    public DriftTestCase Case { get; }

    /// <summary>The score.</summary>
    public double Score { get; }

    /// <summary>The bound.</summary>
    public double Bound { get; }
}
