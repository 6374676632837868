using Lens2Logit.IO;
using Lens2Logit.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.Tests.Data;

public class LoadRawImageFolderTests
{
    private readonly MLContext _ml = new();

    [Test]
    public void Labels_come_from_subfolders_a_list_or_are_empty_in_a_flat_folder()
    {
        using var folder = new TemporaryFolder();
        RawImages.WriteDng(folder.Path, "b.dng");
        RawImages.WriteTiff(folder.Path, "a.tif");
        Assert.That(Rows(folder.Path).Select(r => (r.Path, r.Label)), Is.EqualTo(new[] { ("a.tif", ""), ("b.dng", "") }));

        RawImages.WriteTiff(folder.File("cell"), "1.TIFF");
        RawImages.WriteNpy(folder.File("dust"), "2.npy");
        Assert.That(Rows(folder.Path).Select(r => (r.Path, r.Label)), Is.EqualTo(new[] { ("cell/1.TIFF", "cell"), ("dust/2.npy", "dust") }));

        File.WriteAllText(folder.File("labels.csv"), "path,label,split\nb.dng,field,test\n");
        Assert.That(Rows(folder.Path).Select(r => (r.Path, r.Label, r.Split, r.MaskPath)), Is.EqualTo(new[] { ("b.dng", "field", "test", "") }));
    }

    [Test]
    public void An_unreadable_file_is_named_and_the_rest_is_not_lost()
    {
        using var folder = new TemporaryFolder();
        RawImages.WriteDng(folder.Path, "good.dng");
        RawImages.WriteDng(folder.Path, "short.dng");
        File.WriteAllBytes(folder.File("short.dng"), File.ReadAllBytes(folder.File("short.dng"))[..300]);
        File.WriteAllText(folder.File("text.tif"), "no image");
        var warnings = new List<string>();
        _ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        Assert.That(Rows(folder.Path).Select(r => r.Path), Is.EqualTo(new[] { "good.dng" }));
        Assert.That(warnings, Has.Some.Contains("2 of 3 images").And.Some.Contains("short.dng (it ends at byte 300").And.Some.Contains("text.tif (it is neither TIFF"));
        Assert.That(() => _ml.Data.LoadRawImageFolder(folder.Path, UnreadableImages.Throw), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("short.dng").And.Message.Contains("text.tif"));
    }

    [Test]
    public void Masks_are_found_by_name_and_must_fit()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "1.tif", "2.tif", "3.tif" })
            RawImages.WriteTiff(folder.File("images"), name);
        RawImages.WritePng(folder.File("masks"), "1.png");
        RawImages.WriteTiff(folder.File("masks"), "3.tif", height: 4);
        var rows = Rows(folder.File("images"), maskFolder: folder.File("masks"));
        Assert.That(rows.Select(r => (r.Path, r.MaskPath)), Is.EqualTo(new[] { ("1.tif", "1.png") }));
        Assert.That(() => _ml.Data.LoadRawImageFolder(folder.File("images"), UnreadableImages.Throw, folder.File("masks")), Throws.InstanceOf<InvalidDataException>()
            .With.Message.Contains("2.tif (no mask of that name").And.Message.Contains("3.tif (it is 6×8 pixels, its mask 4×8)"));
        Assert.That(() => _ml.Data.LoadRawImageFolder(folder.File("images"), maskFolder: folder.File("nowhere")), Throws.InstanceOf<DirectoryNotFoundException>());

        var files = _ml.Data.LoadFromEnumerable(rows);
        var both = _ml.Transforms.LoadRawImages("Raw", folder.File("images"), "Path").Append(_ml.Transforms.LoadRawImages("Mask", folder.File("masks"), "MaskPath")).Fit(files).Transform(files);
        Assert.That(both.GetColumn<float[]>("Mask").Single(), Has.Length.EqualTo(48));
    }

    [Test]
    public void Headerless_files_are_found_where_their_layout_is_given()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.raw"), new byte[96]);
        Assert.That(() => Rows(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("no labelled image"));
        Assert.That(Rows(folder.Path, reading: new() { Layout = new(6, 8) }).Single().Path, Is.EqualTo("a.raw"));
    }

    private List<RawImageFile> Rows(string folder, string? maskFolder = null, RawReadOptions? reading = null) =>
        [.. _ml.Data.CreateEnumerable<RawImageFile>(_ml.Data.LoadRawImageFolder(folder, maskFolder: maskFolder, reading: reading), reuseRowObject: false)];
}
