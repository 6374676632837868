using Lens2Logit.MLNet.Data.Download;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Lens2Logit.Tests.Data.Download;

public partial class DatasetDownloadTests
{
    private const string Archive = "microscopy.zip";

    private readonly MLContext _ml = new();
    private TemporaryFolder _folder = null!;
    private SmallRecord _record = null!;

    [SetUp]
    public void Start() => (_folder, _record) = (new(), SmallRecord.Microscopy());

    [TearDown]
    public void Stop()
    {
        _record.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void A_data_set_is_downloaded_verified_and_extracted_once()
    {
        var folder = Download();
        Assert.That(folder, Is.EqualTo(_folder.File(Path.Combine("raw-microscopy", "microscopy"))));
        AssertComplete(folder);
        Assert.That(_record.Requests.Select(r => r.Path), Is.EqualTo(new[] { "/api/records/5235536", "/files/microscopy.zip" }));
        Assert.That(_record.Requests[0].UserAgent, Does.StartWith("Lens2Logit/"), "Zenodo asks clients to name themselves");
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "raw-microscopy", "raw-microscopy.lock" }), "no archive stays");

        Assert.That(Download(), Is.EqualTo(folder));
        Assert.That(_record.Requests, Has.Count.EqualTo(2), "the second time nothing is asked for");
    }

    [TestCase("<html>Please sign in</html>", "no record")]
    [TestCase("{}", "names no file")]
    [TestCase("""{"files":[{"key":"../evil.zip","size":1,"checksum":"md5:00112233445566778899aabbccddeeff","links":{"self":"http://127.0.0.1/x"}}]}""", "no plain file name")]
    [TestCase("""{"files":[{"key":"a.zip","checksum":"md5:00112233445566778899aabbccddeeff","links":{"self":"http://127.0.0.1/x"}}]}""", "no size")]
    [TestCase("""{"files":[{"key":"a.zip","size":1,"checksum":"crc:1234","links":{"self":"http://127.0.0.1/x"}}]}""", "crc:1234")]
    [TestCase("""{"files":[{"key":"a.zip","size":1,"checksum":"md5:00112233445566778899aabbccddeeff","links":{"self":"file:///etc/passwd"}}]}""", "no safe address")]
    public void A_record_that_cannot_be_used_is_refused(string json, string message)
    {
        _record.RecordReply = _ => new(200, System.Text.Encoding.UTF8.GetBytes(json));
        Assert.That(() => Download(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
        Assert.That(_record.FileRequests, Is.Empty);
    }

    [Test]
    public void Files_of_the_other_data_set_are_not_brought()
    {
        _record.Files["drone.zip"] = SmallRecord.Noise(1000);
        _record.Files["README.md"] = "read me"u8.ToArray();
        AssertComplete(Download());
        Assert.That(_record.FileRequests.Select(r => r.Path), Is.EquivalentTo(new[] { "/files/microscopy.zip", "/files/README.md" }));
        Assert.That(File.Exists(_folder.File(Path.Combine("raw-microscopy", "README.md"))));
    }

    [Test]
    public void A_record_with_another_content_leaves_nothing_behind_that_looks_complete()
    {
        _record.Files[Archive] = SmallRecord.Zip(("something/else.txt", [1, 2, 3]));
        Assert.That(() => Download(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("does not hold Raw-Microscopy").And.Message.Contains("found something"));
        Assert.That(Path.Exists(_folder.File("raw-microscopy")), Is.False);
    }

    [Test]
    public void An_extraction_that_was_stopped_is_done_again_from_the_archives()
    {
        var half = Directory.CreateDirectory(_folder.File(Path.Combine("raw-microscopy.download", "extracted", "microscopy"))).FullName;
        File.WriteAllText(Path.Combine(half, "half"), "written");
        File.WriteAllBytes(_folder.File(Path.Combine("raw-microscopy.download", Archive)), _record.Files[Archive]);
        var folder = Download();
        AssertComplete(folder);
        Assert.That(File.Exists(Path.Combine(folder, "half")), Is.False);
        Assert.That(_record.FileRequests, Is.Empty);
    }

    [Test]
    public void A_kept_archive_that_is_not_the_records_is_brought_again()
    {
        Directory.CreateDirectory(_folder.File("raw-microscopy.download"));
        File.WriteAllBytes(_folder.File(Path.Combine("raw-microscopy.download", Archive)), SmallRecord.Noise(_record.Files[Archive].Length));
        AssertComplete(_ml.Data.DownloadRawMicroscopy(_record.Options(_folder.Path) with { KeepArchives = true }));
        Assert.That(_record.FileRequests, Has.Count.EqualTo(1));
        Assert.That(File.ReadAllBytes(_folder.File(Path.Combine("raw-microscopy.download", Archive))), Is.EqualTo(_record.Files[Archive]));
    }

    [Test]
    public void Two_processes_at_once_bring_the_data_once()
    {
        _record.FileReply = static (record, request) =>
        {
            // Long enough for both to be there.
            Thread.Sleep(3000);
            return record.Proper(request);
        };
        string[] arguments = ["download", _record.Address.ToString(), _folder.Path];
        var processes = Enumerable.Range(0, 2).Select(_ => Task.Run(() => OtherProcess.Run(OtherProcess.Directory, arguments))).ToArray();
        var folders = Task.WhenAll(processes).Result.Select(lines => lines[^1]).ToList();
        Assert.That(folders, Is.All.EqualTo(_folder.File(Path.Combine("raw-microscopy", "microscopy"))));
        AssertComplete(folders[0]);
        Assert.That(_record.FileRequests, Has.Count.EqualTo(1));
    }

    [Test]
    public void The_thread_that_waits_for_a_download_is_not_needed_for_it()
    {
        using var waiting = new ManualResetEventSlim();
        _ml.Log += (_, e) =>
        {
            if (e.RawMessage.StartsWith("Another process is downloading", StringComparison.Ordinal))
                waiting.Set();
        };
        Task<string> download;
        using (new FileStream(_folder.File("raw-microscopy.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            download = Task.Factory.StartNew(() =>
            {
                SynchronizationContext.SetSynchronizationContext(new BlockedThread());
                return Download();
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Assert.That(waiting.Wait(TimeSpan.FromSeconds(20)));
        }
        Assert.That(download.Wait(TimeSpan.FromSeconds(60)));
        AssertComplete(download.Result);
    }

    [Test]
    public void Progress_comes_to_the_end_of_each_phase_and_never_goes_back()
    {
        _record.Faults.Enqueue(static (record, request) => record.Proper(request) with { CutAfter = 100_000 });
        var reports = new List<DatasetDownloadProgress>();
        _ml.Data.DownloadRawMicroscopy(_record.Options(_folder.Path), new Collector(reports));
        int size = _record.Files[Archive].Length;
        var download = reports.Where(r => r.Phase == DownloadPhase.Downloading).ToList();
        Assert.That(download.Select(r => r.Bytes), Is.Ordered);
        Assert.That((download[^1].Bytes, download[^1].TotalBytes), Is.EqualTo((size, size)));
        var extraction = reports.Last(r => r.Phase == DownloadPhase.Extracting);
        Assert.That(extraction.Bytes, Is.EqualTo(extraction.TotalBytes).And.GreaterThan(300_000));
        Assert.That(download[^1].ToString(), Does.Contain(Archive).And.Contain("100 %"));
    }

    [Test]
    public void The_folder_comes_from_the_options_or_the_environment_or_the_user()
    {
        var before = Environment.GetEnvironmentVariable(DatasetDownloadOptions.FolderVariable);
        try
        {
            Environment.SetEnvironmentVariable(DatasetDownloadOptions.FolderVariable, _folder.Path);
            AssertComplete(_ml.Data.DownloadRawMicroscopy(_record.Options("") with { Folder = null }));
            Assert.That(Directory.Exists(_folder.File("raw-microscopy")));
            Environment.SetEnvironmentVariable(DatasetDownloadOptions.FolderVariable, null);
            Assert.That(DatasetDownload.DefaultFolder(), Does.EndWith(Path.Combine("Lens2Logit", "datasets")));
        }
        finally
        {
            Environment.SetEnvironmentVariable(DatasetDownloadOptions.FolderVariable, before);
        }
    }

    [Test]
    public void Options_out_of_range_are_named()
    {
        var good = _record.Options(_folder.Path);
        Assert.That(() => Download(good with { Attempts = 0 }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Attempts is 0"));
        Assert.That(() => Download(good with { MaximumDelay = TimeSpan.Zero }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("MaximumDelay"));
        Assert.That(() => Download(good with { Server = new("ftp://x/") }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Server"));
        Assert.That(() => Download(good with { Limits = new() { MaximumExpansion = double.NaN } }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("MaximumExpansion"));

        void Download(DatasetDownloadOptions options) => _ml.Data.DownloadRawMicroscopy(options);
    }

    private string Download() => _ml.Data.DownloadRawMicroscopy(_record.Options(_folder.Path));

    private List<string> Warnings()
    {
        var warnings = new List<string>();
        _ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        return warnings;
    }

    private static void AssertComplete(string folder, int imageBytes = 300_000) => Assert.That(
        File.ReadAllBytes(Path.Combine(folder, "images", "raw_scale100", "Ma190c_lame1_zone1_composite_Mcropped_1.tiff")), Is.EqualTo(SmallRecord.Noise(imageBytes)));

    /// <summary>That of a window's thread which waits and so runs nothing that is posted to it.</summary>
    private sealed class BlockedThread : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }

    private sealed class Collector(List<DatasetDownloadProgress> reports) : IProgress<DatasetDownloadProgress>
    {
        public void Report(DatasetDownloadProgress value) => reports.Add(value);
    }
}
