using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Lens2Logit.MLNet.Data.Download;
using Microsoft.ML;

namespace Lens2Logit.Tests.Data.Download;

// Lines that break and servers that misbehave.
public partial class DatasetDownloadTests
{
    [Test]
    public void A_connection_that_drops_goes_on_where_it_stopped()
    {
        int size = _record.Files[Archive].Length;
        _record.Faults.Enqueue(static (record, request) => record.Proper(request) with { CutAfter = 100_000 });
        _record.Faults.Enqueue(static (record, request) => record.Proper(request) with { CutAfter = 50_000 });
        AssertComplete(Download());
        Assert.That(_record.FileRequests.Select(r => r.From), Is.EqualTo(new long[] { 0, 100_000, 150_000 }));
        Assert.That(size, Is.GreaterThan(150_000));
    }

    [Test]
    public void A_bad_line_is_not_given_up_as_long_as_it_brings_new_bytes()
    {
        _record.FileReply = static (record, request) => record.Proper(request) is var proper && proper.Body.Length > 20_000 ? proper with { CutAfter = 20_000 } : proper;
        AssertComplete(Download());
        Assert.That(_record.FileRequests, Has.Count.GreaterThan(_record.Options("").Attempts * 4));
    }

    [Test]
    public void What_an_earlier_run_brought_is_not_brought_again()
    {
        using var cancellation = new CancellationTokenSource();
        _record.Faults.Enqueue((record, request) =>
        {
            cancellation.CancelAfter(300);
            return record.Proper(request) with { SilentAfter = 120_000 };
        });
        Assert.That(() => _ml.Data.DownloadRawMicroscopy(_record.Options(_folder.Path), cancellation: cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        AssertComplete(Download());
        Assert.That(_record.FileRequests.Select(r => r.From), Is.EqualTo(new long[] { 0, 120_000 }));
    }

    [Test]
    public void Bytes_of_another_version_of_a_file_are_not_continued()
    {
        _record.FileReply = static (record, request) => request.From == 0 ? record.Proper(request) with { CutAfter = 120_000 } : new(503, []);
        Assert.That(() => Download(), Throws.InstanceOf<IOException>());
        using var newer = SmallRecord.Microscopy(imageBytes: 310_000);
        AssertComplete(_ml.Data.DownloadRawMicroscopy(newer.Options(_folder.Path)), imageBytes: 310_000);
        Assert.That(newer.FileRequests[0].From, Is.Zero);
    }

    [Test]
    public void A_server_without_ranges_sends_everything_again()
    {
        _record.Faults.Enqueue(static (record, request) => record.Proper(request) with { CutAfter = 100_000 });
        _record.FileReply = static (record, request) => record.Proper(request with { From = 0 });
        AssertComplete(Download());
    }

    [Test]
    public void A_server_that_sends_another_part_is_asked_again_from_the_start()
    {
        _record.Faults.Enqueue(static (record, request) => record.Proper(request) with { CutAfter = 100_000 });
        _record.Faults.Enqueue(static (record, request) => record.Proper(request with { From = 90_000 }));
        AssertComplete(Download());
        Assert.That(_record.FileRequests.Select(r => r.From), Is.EqualTo(new long[] { 0, 100_000, 0 }));
    }

    [Test]
    public void Too_many_requests_are_repeated_after_the_time_that_the_server_asks_for()
    {
        _record.Faults.Enqueue(static (_, _) => new(429, []) { Headers = { ["Retry-After"] = "1" } });
        var watch = Stopwatch.StartNew();
        AssertComplete(Download());
        Assert.That(watch.Elapsed, Is.GreaterThan(TimeSpan.FromSeconds(0.95)));
    }

    [Test]
    public void The_reset_time_that_Zenodo_states_counts_where_it_gives_no_other()
    {
        _record.Faults.Enqueue(static (_, _) => new(429, []) { Headers = { ["X-RateLimit-Reset"] = $"{DateTimeOffset.UtcNow.AddSeconds(600).ToUnixTimeSeconds()}" } });
        Assert.That(() => Download(), Throws.InstanceOf<IOException>().With.Message.Contains("asks to wait until"));
    }

    [Test]
    public void A_server_that_asks_for_too_long_a_wait_ends_the_download_at_once()
    {
        _record.FileReply = static (_, _) => new(503, []) { Headers = { ["Retry-After"] = "3600" } };
        Assert.That(() => Download(), Throws.InstanceOf<IOException>().With.Message.Contains("answered 503").And.Message.Contains("MaximumDelay"));
        Assert.That(_record.FileRequests, Has.Count.EqualTo(1));
    }

    [TestCase(500)]
    [TestCase(502)]
    [TestCase(503)]
    [TestCase(429)]
    [TestCase(408)]
    public void A_failing_server_is_asked_as_often_as_the_options_say(int status)
    {
        var warnings = Warnings();
        _record.FileReply = (_, _) => new(status, []);
        Assert.That(() => Download(), Throws.InstanceOf<IOException>().With.Message.Contains($"answered {status}").And.Message.Contains(Archive)
            .And.Message.Contains("Start again to go on").And.Message.Contains("records/5235536"));
        Assert.That(_record.FileRequests, Has.Count.EqualTo(3));
        Assert.That(warnings, Has.Exactly(2).Contains($"answered {status}"));
        Assert.That(Path.Exists(_folder.File("raw-microscopy")), Is.False);
    }

    [TestCase(403)]
    [TestCase(404)]
    [TestCase(410)]
    public void An_answer_that_will_not_change_is_not_asked_for_again(int status)
    {
        _record.RecordReply = _ => new(status, []);
        Assert.That(() => Download(), Throws.InstanceOf<IOException>().With.Message.Contains($"answered {status}"));
        Assert.That(_record.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_file_that_arrives_damaged_once_is_brought_again()
    {
        _record.Faults.Enqueue(static (record, request) => Damaged(record.Proper(request)));
        AssertComplete(Download());
        Assert.That(_record.FileRequests.Select(r => r.From), Is.EqualTo(new long[] { 0, 0 }));
    }

    [Test]
    public void A_file_with_another_checksum_than_the_record_says_is_refused()
    {
        _record.FileReply = static (record, request) => Damaged(record.Proper(request));
        Assert.That(() => Download(), Throws.InstanceOf<IOException>().With.Message.Contains("arrived damaged").And.Message.Contains(SmallRecord.Md5(_record.Files[Archive])));
        Assert.That(_record.FileRequests, Has.Count.EqualTo(3));
        Assert.That(Path.Exists(_folder.File("raw-microscopy")), Is.False);
    }

    [TestCase(-1000, "the record says")]
    [TestCase(+1000, "the record says")]
    public void A_server_that_offers_another_length_than_the_record_is_refused(int difference, string message)
    {
        _record.StatedSizes[Archive] = _record.Files[Archive].Length + difference;
        Assert.That(() => Download(), Throws.InstanceOf<IOException>().With.Message.Contains(message));
    }

    [Test]
    public void A_body_without_declared_length_that_goes_on_and_on_is_cut_off()
    {
        _record.FileReply = static (record, request) => record.Proper(request) is var proper ? proper with { Body = [.. proper.Body, .. new byte[5000]], DeclaredLength = -1 } : null!;
        Assert.That(() => Download(), Throws.InstanceOf<IOException>().With.Message.Contains("sends more than"));
    }

    [Test]
    public void A_body_without_declared_length_that_ends_early_is_continued()
    {
        _record.Faults.Enqueue(static (record, request) => record.Proper(request) is var proper ? proper with { Body = proper.Body[..70_000], DeclaredLength = -1 } : null!);
        AssertComplete(Download());
        Assert.That(_record.FileRequests.Select(r => r.From), Is.EqualTo(new long[] { 0, 70_000 }));
    }

    [Test]
    public void A_silent_server_counts_as_lost()
    {
        _record.Faults.Enqueue(static (record, request) => record.Proper(request) with { SilentAfter = 80_000 });
        AssertComplete(_ml.Data.DownloadRawMicroscopy(_record.Options(_folder.Path) with { StallTimeout = TimeSpan.FromSeconds(0.5) }));
        Assert.That(_record.FileRequests.Select(r => r.From), Is.EqualTo(new long[] { 0, 80_000 }));
    }

    [Test]
    public void A_redirect_is_followed_and_a_loop_of_them_ends()
    {
        _record.Faults.Enqueue(static (record, request) => new(302, []) { Headers = { ["Location"] = new Uri(record.Address, request.Path).ToString() } });
        AssertComplete(Download());

        using var other = new TemporaryFolder();
        _record.FileReply = static (record, request) => new(302, []) { Headers = { ["Location"] = new Uri(record.Address, request.Path).ToString() } };
        Assert.That(() => _ml.Data.DownloadRawMicroscopy(_record.Options(other.Path)), Throws.InstanceOf<IOException>().With.Message.Contains("redirects without end"));
    }

    [Test]
    public void Without_a_server_the_message_says_what_to_do()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var nobody = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        free.Stop();
        Assert.That(() => _ml.Data.DownloadRawMicroscopy(_record.Options(_folder.Path) with { Server = nobody }), Throws.InstanceOf<IOException>()
            .With.Message.Contains("127.0.0.1 cannot be reached").And.Message.Contains("Raw-Microscopy").And.Message.Contains("extract it, and load the data set from that folder"));
    }

    [Test]
    public void A_name_that_does_not_resolve_is_an_error_that_says_so() =>
        Assert.That(() => _ml.Data.DownloadRawMicroscopy(_record.Options(_folder.Path) with { Server = new("http://nowhere.invalid/") }),
            Throws.InstanceOf<IOException>().With.Message.Contains("nowhere.invalid cannot be reached"));

    private static Answer Damaged(Answer answer)
    {
        var body = (byte[])answer.Body.Clone();
        body[body.Length / 2] ^= 1;
        return answer with { Body = body };
    }
}
