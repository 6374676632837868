using Lens2Logit.Corruptions;
using Lens2Logit.MLNet.Drift.Units;

namespace Lens2Logit.MLNet.Drift.Synthesis;

/// <summary>Options of a synthesis: what to train on, what to test on, how often, and where results are kept.</summary>
public sealed record SynthesisOptions : DriftOptions
{
    /// <summary>
    /// The conditions: a model is trained on each, and tested on each. Default null: the 12 static pipelines of the paper behind the drone camera
    /// (behind raw data: for <see cref="Isp.CameraParameters.RawDrone"/>).
    /// </summary>
    public IReadOnlyList<DriftCondition>? Conditions { get; init; }

    /// <summary>Names of the corruptions that every model is tested under. Default all ten.</summary>
    public IReadOnlyList<string> Corruptions { get; init; } = Corruption.Names;

    /// <summary>Severities of the corruptions, 1 to 5. Default all five.</summary>
    public IReadOnlyList<int> Severities { get; init; } = [1, 2, 3, 4, 5];

    /// <summary>Presets of the corruptions. Default both.</summary>
    public IReadOnlyList<CorruptionPreset> Presets { get; init; } = [CorruptionPreset.Gentle, CorruptionPreset.ImageNetC];

    /// <summary>Drifts of the measurement that every model is tested under. Default null: <see cref="MeasurementDrift.Defaults"/>, or none where the data are raw images.</summary>
    public IReadOnlyList<MeasurementDrift>? MeasurementDrifts { get; init; }

    /// <summary>How models are trained. Default 12 epochs of a small network.</summary>
    public DriftTrainer Trainer { get; init; } = DriftTrainer.RawImageClassification();

    /// <summary>Random splits into training and test images, stratified by class, at least 1. Default 3. More can be added later without computing anything twice.</summary>
    public int Splits { get; init; } = 3;

    /// <summary>Share of the test images, in (0, 1). Default 0.2, the paper's.</summary>
    public double TestShare { get; init; } = 0.2;

    /// <summary>Name of the condition whose models are the baseline of mCE. Default null: the first.</summary>
    public string? Baseline { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Trainer);
        OptionGuard.AtLeast(Splits, 1, nameof(Splits));
        OptionGuard.Require(TestShare is > 0 and < 1, nameof(TestShare), TestShare, "between 0 and 1, both excluded");
        ValidateUnits();
        foreach (var preset in Presets)
            foreach (int severity in Severities)
                foreach (var name in Corruptions)
                    Corruption.Create(name, severity, preset);
        string[] conditions = [.. (Conditions ?? DriftCondition.Pipelines(null)).Select(c => c.Name)];
        OptionGuard.AtLeast(conditions.Length, 1, nameof(Conditions));
        RequireDistinct(conditions, nameof(Conditions));
        RequireDistinct((MeasurementDrifts ?? []).Select(drift => drift.Name), nameof(MeasurementDrifts));
        if (Baseline is { } baseline && !conditions.Contains(baseline))
            throw new ArgumentException($"{nameof(Baseline)} is '{baseline}'; {nameof(Conditions)} has {string.Join(", ", conditions)}.", nameof(Baseline));
    }

    private static void RequireDistinct(IEnumerable<string> names, string option)
    {
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"{option} has two of the name '{twice.Key}'; results are told apart by name.", option);
    }
}
