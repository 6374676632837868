namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>What a <see cref="ToleranceSpecification"/> must promise, and how carefully that is verified.</summary>
public sealed record ToleranceOptions
{
    /// <summary>The score that must be kept, in [0, 1]. Default null: the model's own score less <see cref="MaximumDrop"/>.</summary>
    public double? MinimumScore { get; init; }

    /// <summary>How much of the model's score may be lost where <see cref="MinimumScore"/> is null, 0 to 1. Default 0.05.</summary>
    public double MaximumDrop { get; init; } = 0.05;

    /// <summary>Points at which each side of an interval is searched before its end is bisected, at least 2. Default 6.</summary>
    public int SearchPoints { get; init; } = 6;

    /// <summary>Bisections of each end of an interval, at least 0. Default 5.</summary>
    public int Bisections { get; init; } = 5;

    /// <summary>Random values inside each interval at which the score is verified, at least 1. Default 12.</summary>
    public int Samples { get; init; } = 12;

    /// <summary>Random settings inside the box of all intervals together at which the score is verified, at least 1. Default 40.</summary>
    public int JointSamples { get; init; } = 40;

    /// <summary>The axes to search, by name. Default null: all.</summary>
    public IReadOnlyList<string>? Axes { get; init; }

    internal void Validate()
    {
        OptionGuard.Require(MinimumScore is null or (>= 0 and <= 1), nameof(MinimumScore), MinimumScore ?? 0, "0 to 1");
        OptionGuard.Require(MaximumDrop is >= 0 and <= 1, nameof(MaximumDrop), MaximumDrop, "0 to 1");
        OptionGuard.AtLeast(SearchPoints, 2, nameof(SearchPoints));
        OptionGuard.AtLeast(Bisections, 0, nameof(Bisections));
        OptionGuard.AtLeast(Samples, 1, nameof(Samples));
        OptionGuard.AtLeast(JointSamples, 1, nameof(JointSamples));
    }
}
