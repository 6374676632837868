using Lens2Logit.MLNet.Data.Download;

namespace Lens2Logit.Tests.Data.Download;

public class TransferMeterTests
{
    [Test]
    public void Time_left_follows_the_rate()
    {
        var clock = new Clock();
        var reports = new List<DatasetDownloadProgress>();
        var meter = new TransferMeter(DownloadPhase.Downloading, reports.Add, clock);
        meter.Expect(100_000_000);
        meter.StartAt(20_000_000);
        for (int second = 0; second < 10; second++)
            Move(1_000_000);
        Assert.That(reports[^1].BytesPerSecond, Is.EqualTo(1_000_000).Within(1));
        Assert.That(reports[^1].TimeLeft!.Value.TotalSeconds, Is.EqualTo(70).Within(0.1), "bytes that were there before do not count as speed");
        for (int second = 0; second < 30; second++)
            Move(500_000);
        Assert.That(reports[^1].BytesPerSecond, Is.EqualTo(500_000).Within(5_000), "the rate forgets");

        void Move(int bytes)
        {
            clock.Ticks += TimeSpan.TicksPerSecond;
            meter.Moved("file", bytes);
        }
    }

    [Test]
    public void Without_a_rate_there_is_no_time_left() =>
        Assert.That(new DatasetDownloadProgress { Phase = DownloadPhase.Verifying, File = "f", Bytes = 1, TotalBytes = 2, BytesPerSecond = 0 }.TimeLeft, Is.Null);

    private sealed class Clock : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}
