using System.Globalization;

namespace Lens2Logit.MLNet.Data.Download;

/// <summary>What a download is doing.</summary>
public enum DownloadPhase
{
    /// <summary>Bytes come from the network.</summary>
    Downloading,

    /// <summary>Checksums of downloaded files are compared with those of the record.</summary>
    Verifying,

    /// <summary>Archives are extracted.</summary>
    Extracting,
}

/// <summary>Where a download stands.</summary>
public sealed record DatasetDownloadProgress
{
    /// <summary>What is being done.</summary>
    public required DownloadPhase Phase { get; init; }

    /// <summary>The file that it is done to.</summary>
    public required string File { get; init; }

    /// <summary>Bytes of this phase done so far, those of earlier runs included.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes of this phase altogether.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>Bytes per second, a mean over the last seconds; 0 before the first are known.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Time left in this phase at this rate; null while the rate is not known.</summary>
    public TimeSpan? TimeLeft => BytesPerSecond > 0 ? TimeSpan.FromSeconds(Math.Min((TotalBytes - Bytes) / BytesPerSecond, TimeSpan.FromDays(365).TotalSeconds)) : null;

    /// <inheritdoc/>
    public override string ToString()
    {
        var left = TimeLeft is { } time ? string.Create(CultureInfo.InvariantCulture, $", {time:hh\\:mm\\:ss} left") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{Phase} {File}: {Bytes / 1e6:N1} of {TotalBytes / 1e6:N1} MB ({(TotalBytes > 0 ? 100.0 * Bytes / TotalBytes : 100):0} %), {BytesPerSecond / 1e6:N1} MB/s{left}");
    }
}
