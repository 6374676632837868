namespace Lens2Logit.MLNet.Data.Download;

/// <summary>From where a data set is downloaded, where it is kept, and how patiently.</summary>
public sealed record DatasetDownloadOptions
{
    /// <summary>Environment variable that names the folder where data sets are kept: <c>LENS2LOGIT_DATASETS</c>.</summary>
    public const string FolderVariable = "LENS2LOGIT_DATASETS";

    /// <summary>
    /// Folder where data sets are kept. Default null: the one that <see cref="FolderVariable"/> names, else <c>Lens2Logit/datasets</c> in the
    /// user's data directory (<c>~/.local/share</c>, <c>~/Library/Application Support</c> or <c>%LOCALAPPDATA%</c>).
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>The server, without the path of its API. Default <c>https://zenodo.org/</c>.</summary>
    public Uri Server { get; init; } = new("https://zenodo.org/");

    /// <summary>The record, at least 1. Default 5235536, the data of the paper (DOI 10.5281/zenodo.5235536, CC BY 4.0).</summary>
    public long Record { get; init; } = 5235536;

    /// <summary>How often a request is tried before giving up, 1 to 100. Default 6. If these attempts brought new bytes of a file, as many more follow.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Wait before the second attempt; it doubles with every further one. Above 0. Default 1 s.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between attempts, at least <see cref="FirstDelay"/>; a server that asks for more is taken at its word, and the download stops. Default 2 min.</summary>
    public TimeSpan MaximumDelay { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a server may stay silent before the connection counts as lost, above 0. Default 60 s.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether the archives stay beside what was extracted from them. Default false.</summary>
    public bool KeepArchives { get; init; }

    /// <summary>What an archive may at most contain.</summary>
    public ExtractionLimits Limits { get; init; } = new();

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Check(Server is { IsAbsoluteUri: true, Scheme: "http" or "https" }, nameof(Server), Server, "an absolute http or https address");
        Check(Record >= 1, nameof(Record), Record, "at least 1");
        Check(Attempts is >= 1 and <= 100, nameof(Attempts), Attempts, "1 to 100");
        Check(FirstDelay > TimeSpan.Zero, nameof(FirstDelay), FirstDelay, "above 0");
        Check(MaximumDelay >= FirstDelay && MaximumDelay <= TimeSpan.FromDays(1), nameof(MaximumDelay), MaximumDelay, $"{nameof(FirstDelay)} ({FirstDelay}) to one day");
        Check(StallTimeout > TimeSpan.Zero && StallTimeout <= TimeSpan.FromDays(1), nameof(StallTimeout), StallTimeout, "above 0, at most one day");
        ArgumentNullException.ThrowIfNull(Limits);
        Limits.Validate();

        static void Check(bool holds, string name, object? value, string expected)
        {
            if (!holds)
                throw new ArgumentOutOfRangeException(name, value, $"{name} is {value ?? "null"}; expected {expected}.");
        }
    }
}
