using Lens2Logit.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.Tests.Data;

public class ImageFolderTests
{
    private readonly MLContext _ml = new();

    [Test]
    public void Labels_come_from_subfolders()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteGrey(folder.File("cat"), "1.png", 8, 10);
        ImageFiles.WriteGrey(folder.File("dog"), "2.png", 8, 20);
        var rows = Rows(_ml.Data.LoadImageFolder(folder.Path));
        Assert.That(rows.Select(r => (r.Path, r.Label, r.Split)), Is.EqualTo(new[] { ("cat/1.png", "cat", ""), ("dog/2.png", "dog", "") }));
    }

    [Test]
    public void Labels_csv_wins_over_subfolders_and_may_give_the_split()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteGrey(folder.File("x"), "1.png", 8, 10);
        File.WriteAllText(folder.File("labels.csv"), "split,label,path\ntest,monocyte,x/1.png\n");
        Assert.That(Rows(_ml.Data.LoadImageFolder(folder.Path)).Select(r => (r.Path, r.Label, r.Split)), Is.EqualTo(new[] { ("x/1.png", "monocyte", "test") }));
    }

    [Test]
    public void Cells_of_labels_csv_may_be_quoted_and_paths_written_as_on_windows()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteGrey(folder.File("x"), "a, b.png", 8, 10);
        ImageFiles.WriteGrey(folder.File("x"), "2.png", 8, 10);
        File.WriteAllText(folder.File("labels.csv"), "path,label\r\n\"x/a, b.png\",\"cat, \"\"tabby\"\"\"\r\n\r\n x\\2.png , dog \r\n");
        Assert.That(Rows(_ml.Data.LoadImageFolder(folder.Path)).Select(r => (r.Path, r.Label)), Is.EqualTo(new[] { ("x/a, b.png", "cat, \"tabby\""), ("x/2.png", "dog") }));
    }

    [Test]
    public void An_unreadable_image_is_named_and_the_rest_is_not_lost()
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteGrey(folder.File("a"), "good.png", 8, 10);
        File.WriteAllText(Path.Combine(folder.File("a"), "bad.png"), "no image");
        var warnings = new List<string>();
        _ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        Assert.That(Rows(_ml.Data.LoadImageFolder(folder.Path)).Select(r => r.Path), Is.EqualTo(new[] { "a/good.png" }));
        Assert.That(warnings, Has.Some.Contains("1 of 2 images").And.Some.Contains("a/bad.png (no readable image)"));
        Assert.That(() => _ml.Data.LoadImageFolder(folder.Path, UnreadableImages.Throw), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("a/bad.png"));
    }

    [Test]
    public void Folders_and_lists_that_cannot_be_used_say_why()
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => _ml.Data.LoadImageFolder(folder.File("nowhere")), Throws.InstanceOf<DirectoryNotFoundException>().With.Message.Contains("nowhere"));
        Assert.That(() => _ml.Data.LoadImageFolder(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("labels.csv"));
        File.WriteAllText(folder.File("labels.csv"), "file,class\n");
        Assert.That(() => _ml.Data.LoadImageFolder(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("file, class").And.Message.Contains("path and label"));
        File.WriteAllText(folder.File("labels.csv"), "path,label\na.png\n");
        Assert.That(() => _ml.Data.LoadImageFolder(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Line 2"));
        File.WriteAllText(folder.File("labels.csv"), "path,label\na.png,x\nb.png,\"y\n");
        Assert.That(() => _ml.Data.LoadImageFolder(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Line 3").And.Message.Contains("quotation mark"));
        File.WriteAllText(folder.File("labels.csv"), "path,label\na.png,x\n");
        Assert.That(() => _ml.Data.LoadImageFolder(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("a.png (not found)"));
    }

    private List<ImageFile> Rows(IDataView data) => [.. _ml.Data.CreateEnumerable<ImageFile>(data, reuseRowObject: false)];
}
