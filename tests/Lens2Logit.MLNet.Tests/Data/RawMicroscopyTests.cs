using Lens2Logit.Isp;
using Lens2Logit.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.Tests.Data;

public class RawMicroscopyTests
{
    private static readonly Dictionary<string, int> FewClasses = new() { ["BAS"] = 6, ["MON"] = 9 };

    private readonly MLContext _ml = new();
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Start() => _folder = new();

    [TearDown]
    public void Stop() => _folder.Dispose();

    [Test]
    public void The_published_layout_gives_940_images_of_nine_classes()
    {
        int listed = PublishedLayouts.WriteMicroscopy(_folder.Path);
        var rows = Rows();
        Assert.That(listed, Is.EqualTo(946), "940 images, 5 of rare classes, one that is left out");
        Assert.That(rows, Has.Count.EqualTo(940));
        Assert.That(rows.CountBy(r => r.Label).ToDictionary(), Is.EquivalentTo(PublishedLayouts.MicroscopyCounts.Where(c => c.Value > 4)));
        Assert.That(rows.Select(r => r.Path), Has.None.Contains(RawMicroscopy.InvalidFile));
        Assert.That(rows.Select(r => r.Label), Is.All.Matches<string>(label => RawMicroscopy.Classes.ContainsKey(label!)));
    }

    [Test]
    public void Columns_are_path_name_label_frame_and_intensity()
    {
        PublishedLayouts.WriteMicroscopy(_folder.Path, counts: FewClasses);
        var data = _ml.Data.LoadRawMicroscopy(_folder.Path);
        Assert.That(data.Schema.Select(c => $"{c.Name}: {c.Type}"), Is.EqualTo(new[] { "Path: String", "Name: String", "Label: String", "Frame: String", "Intensity: Single" }));
        var first = Rows()[0];
        Assert.That((first.Path, first.Name, first.Label, first.Frame, first.Intensity), Is.EqualTo((
            "microscopy/images/raw_scale100/Ma190c_lame1_zone1_composite_Mcropped_1.tiff", "Ma190c_lame1_zone1_composite_Mcropped_1", "BAS",
            "Ma190c_lame1_zone1_composite_Mcropped", 1f)));
        Assert.That(Rows().CountBy(r => r.Frame).Max(f => f.Value), Is.EqualTo(3), "crops of one field of view share a frame");
    }

    [Test]
    public void The_images_are_read_and_developed_with_the_camera_of_the_data_set()
    {
        PublishedLayouts.WriteMicroscopy(_folder.Path, size: 256, counts: new Dictionary<string, int> { ["BAS"] = 5 });
        var data = _ml.Data.LoadRawMicroscopy(_folder.Path);
        var pipeline = _ml.Transforms.LoadRawImages("Raw", _folder.Path, "Path").Append(_ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawMicroscopy));
        var developed = pipeline.Fit(data).Transform(data);
        Assert.That(developed.Schema["Raw"].Type.ToString(), Is.EqualTo("Vector<Single, 256, 256>"));
        Assert.That(developed.GetColumn<float[]>("Raw").First()[..4], Is.EqualTo(PublishedLayouts.Mosaic(256, 256, 0, 100)[..4].Select(dn => dn / 65535f)).Within(1e-7f));
        Assert.That(developed.GetColumn<float[]>("Rgb").Count(), Is.EqualTo(5));
    }

    [Test]
    public void Intensities_are_chosen_by_an_option_and_share_names_and_frames()
    {
        PublishedLayouts.WriteMicroscopy(_folder.Path, counts: FewClasses, scales: ["100", "001", "025"]);
        var rows = Rows(new() { Intensities = [0.01f, 0.25f] });
        Assert.That(rows.CountBy(r => (r.Intensity, r.Path.Split('/')[2])).ToDictionary(), Is.EquivalentTo(new Dictionary<(float, string), int>
        {
            [(0.01f, "raw_scale001")] = 15,
            [(0.25f, "raw_scale025")] = 15,
        }));
        Assert.That(rows.Take(15).Select(r => (r.Name, r.Frame, r.Label)), Is.EqualTo(rows.Skip(15).Select(r => (r.Name, r.Frame, r.Label))));
        Assert.That(() => Rows(new() { Intensities = [0.5f] }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("raw_scale050").And.Message.Contains("0.01, 0.25, 1"));
        Assert.That(() => Rows(new() { Intensities = [0.3f] }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("0.3").And.Message.Contains("0.75"));
        Assert.That(() => Rows(new() { Intensities = [] }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Intensities is empty"));
        Assert.That(() => Rows(new() { Intensities = [1f, 1f] }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("twice"));
    }

    [Test]
    public void Rare_classes_are_counted_before_the_invalid_file_is_left_out()
    {
        PublishedLayouts.WriteMicroscopy(_folder.Path, counts: new Dictionary<string, int> { ["LYT"] = 4, ["MON"] = 9, ["XYZ"] = 7 });
        Assert.That(Rows().CountBy(r => r.Label).ToDictionary(), Is.EquivalentTo(new Dictionary<string, int> { ["LYT"] = 4, ["MON"] = 9 }), "as in the paper; XYZ is no class");
        Assert.That(Rows(new() { MinimumImagesPerClass = 6 }).Select(r => r.Label), Is.All.EqualTo("MON"));
    }

    [Test]
    public void The_folder_may_be_the_data_set_or_hold_it()
    {
        PublishedLayouts.WriteMicroscopy(_folder.File(Path.Combine("x", "data")), counts: FewClasses);
        var root = _folder.File(Path.Combine("x", "data", "microscopy"));
        Assert.That(_ml.Data.CreateEnumerable<RawMicroscopyImage>(_ml.Data.LoadRawMicroscopy(root), false).First().Path, Does.StartWith("images/raw_scale100/"));
        Assert.That(Rows()[0].Path, Does.StartWith("x/data/microscopy/images/raw_scale100/"));
        Assert.That(() => _ml.Data.LoadRawMicroscopy(Path.Combine(root, "images")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Ma190c_annotations.dat").And.Message.Contains("found raw_scale100"));
        Assert.That(() => _ml.Data.LoadRawMicroscopy(_folder.File("nowhere")), Throws.InstanceOf<DirectoryNotFoundException>());
    }

    [Test]
    public void A_missing_or_empty_image_is_named_and_left_out_or_fatal()
    {
        PublishedLayouts.WriteMicroscopy(_folder.Path, counts: FewClasses);
        var files = Directory.GetFiles(_folder.File(Path.Combine("microscopy", "images", "raw_scale100"))).Order(StringComparer.Ordinal).ToArray();
        File.Delete(files[0]);
        File.WriteAllBytes(files[1], []);
        var warnings = new List<string>();
        _ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        Assert.That(Rows(), Has.Count.EqualTo(13));
        Assert.That(warnings, Has.Some.Contains(Path.GetFileName(files[0])).And.Some.Contains(Path.GetFileName(files[1])));
        Assert.That(() => Rows(new() { Unreadable = UnreadableImages.Throw }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("2 files"));
    }

    [TestCase("only-a-name", "Line 2", "1 words")]
    [TestCase("../../etc/passwd LYT", "Line 2", "without a folder")]
    public void Labels_that_cannot_be_used_are_named_by_line(string line, string where, string what)
    {
        PublishedLayouts.WriteMicroscopy(_folder.Path, counts: FewClasses);
        var labels = _folder.File(Path.Combine("microscopy", "labels", "Ma190c_annotations.dat"));
        File.WriteAllLines(labels, [File.ReadLines(labels).First(), line]);
        Assert.That(() => Rows(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(where).And.Message.Contains(what));
    }

    private List<RawMicroscopyImage> Rows(RawMicroscopyOptions? options = null) =>
        [.. _ml.Data.CreateEnumerable<RawMicroscopyImage>(_ml.Data.LoadRawMicroscopy(_folder.Path, options), reuseRowObject: false)];
}
