namespace Lens2Logit.MLNet.Drift.Units;

/// <summary>
/// What the options of every drift application have in common. Their work is cut into units that do not depend on each other: where the results of
/// finished ones are kept, which of them are computed here, and how the run is watched and stopped.
/// </summary>
public abstract record DriftOptions
{
    private protected DriftOptions()
    {
    }

    /// <summary>
    /// Folder in which each finished unit of work gets a file of its own, written whole or not at all. Default null: nothing is kept.
    /// </summary>
    public string? ResultFolder { get; init; }

    /// <summary>Whether units whose files are in the folder are taken from there. If not, they are computed again. Default true.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>Folders with the files of other shards, which are merged in. Default none.</summary>
    public IReadOnlyList<string> MergeFolders { get; init; } = [];

    /// <summary>The part of the units that is computed here. Default all.</summary>
    public Shard Shard { get; init; } = Shard.All;

    /// <summary>Seed of everything random. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Receives the progress. Default null.</summary>
    public IProgress<DriftProgress>? Progress { get; init; }

    /// <summary>Stops the work; finished units are kept where there is a <see cref="ResultFolder"/>. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }

    private protected void ValidateUnits()
    {
        OptionGuard.Require(Shard.Count >= 1 && Shard.Index >= 1 && Shard.Index <= Shard.Count, nameof(Shard), Shard, "i/n with i from 1 to n");
        ArgumentNullException.ThrowIfNull(MergeFolders);
        if (MergeFolders.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing)
            throw new ArgumentException($"{nameof(MergeFolders)} names '{missing}', which does not exist. Name the result folders of the other shards.", nameof(MergeFolders));
    }
}
