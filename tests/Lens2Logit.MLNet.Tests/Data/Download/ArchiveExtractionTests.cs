using System.IO.Compression;
using Lens2Logit.MLNet.Data.Download;

namespace Lens2Logit.Tests.Data.Download;

public class ArchiveExtractionTests
{
    private TemporaryFolder _folder = null!;

    private string Target => _folder.File(Path.Combine("a", "b", "target"));

    [SetUp]
    public void Start() => _folder = new();

    [TearDown]
    public void Stop() => _folder.Dispose();

    [TestCase("../evil.txt")]
    [TestCase("good/../../evil.txt")]
    [TestCase("..\\evil.txt")]
    [TestCase("good\\..\\..\\evil.txt")]
    [TestCase("/evil.txt")]
    [TestCase("C:\\evil.txt")]
    [TestCase("c:evil.txt")]
    [TestCase("good/./evil.txt")]
    [TestCase("good//evil.txt")]
    [TestCase("../target-neighbour/evil.txt")]
    public void Nothing_leaves_the_target_folder(string name)
    {
        Assert.That(() => Extract(SmallRecord.Zip((name, [1]))), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(name));
        Assert.That(Directory.EnumerateFiles(_folder.Path, "*evil*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void Nothing_leaves_the_folder_of_an_archive_in_an_archive()
    {
        var inner = SmallRecord.Zip(("../evil.txt", [1]));
        Assert.That(() => Extract(SmallRecord.Zip(("images/inner.zip", inner))), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("../evil.txt"));
    }

    [Test]
    public void Archives_in_archives_are_extracted_where_they_lie()
    {
        var inner = SmallRecord.Zip(("raw_scale100/1.tiff", [1, 2, 3]));
        Extract(SmallRecord.Zip(("microscopy/images/raw_scale100.zip", inner), ("microscopy/empty/", [])));
        Assert.That(File.ReadAllBytes(Path.Combine(Target, "microscopy", "images", "raw_scale100", "1.tiff")), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(Directory.EnumerateFiles(Target, "*.zip", SearchOption.AllDirectories), Is.Empty);
        Assert.That(Directory.Exists(Path.Combine(Target, "microscopy", "empty")));
    }

    [Test]
    public void A_small_archive_that_expands_without_measure_is_refused_before_it_is_written()
    {
        var bomb = SmallRecord.Zip(("zeros", new byte[300 << 20]));
        Assert.That(bomb, Has.Length.LessThan(3 << 20));
        Assert.That(() => Extract(bomb), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("MaximumExpansion"));
        Assert.That(Path.Exists(Path.Combine(Target, "zeros")), Is.False);
    }

    [Test]
    public void A_bomb_in_an_archive_counts_against_the_outermost_archive()
    {
        var inner = SmallRecord.Zip(("zeros", new byte[300 << 20]));
        Assert.That(() => Extract(SmallRecord.Zip(("a.zip", inner))), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("MaximumExpansion"));
    }

    [Test]
    public void Bytes_entries_and_depth_are_limited()
    {
        var two = SmallRecord.Zip(("1", new byte[600]), ("2", new byte[600]));
        Assert.That(() => Extract(two, new() { MaximumBytes = 1000 }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("MaximumBytes"));
        Assert.That(() => Extract(two, new() { MaximumEntries = 1 }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("MaximumEntries"));
        var deep = SmallRecord.Zip(("3.zip", SmallRecord.Zip(("2.zip", SmallRecord.Zip(("1", [1]))))));
        Assert.That(() => Extract(deep), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("MaximumDepth"));
        Assert.That(() => Extract(deep, new() { MaximumDepth = 3 }), Throws.Nothing);
    }

    [Test]
    public void An_entry_gives_no_more_than_it_declares([Values] bool compressed)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var stream = zip.CreateEntry("zeros", compressed ? CompressionLevel.Fastest : CompressionLevel.NoCompression).Open();
            stream.Write(new byte[1 << 20]);
        }
        var archive = memory.ToArray();
        // The uncompressed length in the central directory, at its 25th byte, says 10 instead.
        int directory = archive.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(archive.AsSpan(directory + 24), 10);
        Assert.That(() => Extract(archive), compressed ? Throws.Nothing : Throws.InstanceOf<InvalidDataException>().With.Message.Contains("zeros"));
        Assert.That(Directory.EnumerateFiles(Target).Sum(f => new FileInfo(f).Length), Is.LessThanOrEqualTo(10));
    }

    [Test]
    public void A_file_that_is_no_archive_or_a_damaged_one_is_named()
    {
        Assert.That(() => Extract([1, 2, 3, 4]), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("archive.zip"));
        var damaged = SmallRecord.Zip(("1", SmallRecord.Noise(10_000)), ("2", SmallRecord.Noise(10_000)));
        damaged.AsSpan(0, 4000).Fill(0xff);
        Assert.That(() => Extract(damaged), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("archive.zip"));
    }

    private void Extract(byte[] archive, ExtractionLimits? limits = null)
    {
        if (Directory.Exists(Target))
            Directory.Delete(Target, recursive: true);
        var path = _folder.File("archive.zip");
        File.WriteAllBytes(path, archive);
        Directory.CreateDirectory(Target);
        var meter = new TransferMeter(DownloadPhase.Extracting, static _ => { }, TimeProvider.System);
        new ArchiveExtraction(Target, limits ?? new(), meter, CancellationToken.None).Extract(path);
    }
}
