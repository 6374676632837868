using Lens2Logit.Corruptions;

namespace Lens2Logit.MLNet.Drift.Synthesis;

/// <summary>Options of a synthesis: what to train on, what to test on, how often, and where results are kept.</summary>
public sealed record SynthesisOptions
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

    /// <summary>Seed of splits, noise and training. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Name of the condition whose models are the baseline of mCE. Default null: the first.</summary>
    public string? Baseline { get; init; }

    /// <summary>
    /// Folder in which each finished unit of work (one condition, one split) gets a file of its own, written whole or not at all. Default null: nothing is kept.
    /// </summary>
    public string? ResultFolder { get; init; }

    /// <summary>Whether units whose files are in the folder are taken from there. If not, they are computed again. Default true.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>Folders with the files of other shards, which are merged in. Default none.</summary>
    public IReadOnlyList<string> MergeFolders { get; init; } = [];

    /// <summary>The part of the units that is computed here. Default all.</summary>
    public Shard Shard { get; init; } = Shard.All;

    /// <summary>Receives the progress. Default null.</summary>
    public IProgress<DriftProgress>? Progress { get; init; }

    /// <summary>Stops the work; finished units are kept. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Trainer);
        OptionGuard.AtLeast(Splits, 1, nameof(Splits));
        OptionGuard.Require(TestShare is > 0 and < 1, nameof(TestShare), TestShare, "between 0 and 1, both excluded");
        OptionGuard.Require(Shard.Count >= 1 && Shard.Index >= 1 && Shard.Index <= Shard.Count, nameof(Shard), Shard, "i/n with i from 1 to n");
        foreach (var preset in Presets)
            foreach (int severity in Severities)
                foreach (var name in Corruptions)
                    Corruption.Create(name, severity, preset);
        if (Conditions is { } conditions)
        {
            OptionGuard.AtLeast(conditions.Count, 1, nameof(Conditions));
            if (conditions.GroupBy(c => c.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new ArgumentException($"{nameof(Conditions)} has two of the name '{twice.Key}'; results are told apart by name.", nameof(Conditions));
            if (Baseline is { } baseline && conditions.All(c => c.Name != baseline))
                throw new ArgumentException($"{nameof(Baseline)} is '{baseline}'; {nameof(Conditions)} has {string.Join(", ", conditions.Select(c => c.Name))}.", nameof(Baseline));
        }
    }
}
