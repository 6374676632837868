namespace Lens2Logit.MLNet.Data.Download;

/// <summary>Counts the bytes of a phase and reports them, with the rate, at most five times a second.</summary>
internal sealed class TransferMeter(DownloadPhase phase, Action<DatasetDownloadProgress> report, TimeProvider time)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(200);

    // The rate forgets what was before: after this time it has come 63 % of the way to a new rate.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);

    private long _reportedAt = time.GetTimestamp();
    private long _movedSinceReport;
    private double _rate;

    public long Bytes { get; private set; }

    public long TotalBytes { get; private set; }

    /// <summary>More bytes are to come than was known.</summary>
    public void Expect(long bytes) => TotalBytes += bytes;

    /// <summary>Bytes that moved now; they count for the rate.</summary>
    public void Moved(string file, int bytes)
    {
        Bytes += bytes;
        _movedSinceReport += bytes;
        if (time.GetElapsedTime(_reportedAt) >= ReportInterval)
            Report(file);
    }

    /// <summary>Sets the count, where bytes were already there or had to be thrown away.</summary>
    public void StartAt(long bytes) => Bytes = bytes;

    public void Report(string file)
    {
        var elapsed = time.GetElapsedTime(_reportedAt);
        if (elapsed > TimeSpan.Zero)
        {
            var now = _movedSinceReport / elapsed.TotalSeconds;
            _rate = _rate == 0 ? now : now + (_rate - now) * Math.Exp(-elapsed / Memory);
            _reportedAt = time.GetTimestamp();
            _movedSinceReport = 0;
        }
        report(new() { Phase = phase, File = file, Bytes = Bytes, TotalBytes = TotalBytes, BytesPerSecond = _rate });
    }
}
