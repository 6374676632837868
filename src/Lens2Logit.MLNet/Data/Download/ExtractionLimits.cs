namespace Lens2Logit.MLNet.Data.Download;

/// <summary>What an archive may at most contain, against archives that are small and extract without end.</summary>
public sealed record ExtractionLimits
{
    /// <summary>Bytes of all extracted files together, at least 1. Default 256 GiB.</summary>
    public long MaximumBytes { get; init; } = 256L << 30;

    /// <summary>Number of files and folders, at least 1. Default 1,000,000.</summary>
    public int MaximumEntries { get; init; } = 1_000_000;

    /// <summary>Extracted bytes per byte of the archive, at least 1; archives of less than 1 MiB may expand to that times this. Default 100: raw images hardly compress.</summary>
    public double MaximumExpansion { get; init; } = 100;

    /// <summary>How deep archives may lie in archives, at least 1. Default 2.</summary>
    public int MaximumDepth { get; init; } = 2;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumEntries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumDepth, 1);
        if (!(MaximumExpansion >= 1))
            throw new ArgumentOutOfRangeException(nameof(MaximumExpansion), MaximumExpansion, $"{nameof(MaximumExpansion)} is {MaximumExpansion}; expected at least 1.");
    }
}
