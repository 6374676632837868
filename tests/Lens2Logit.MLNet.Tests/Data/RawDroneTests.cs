using Lens2Logit.IO;
using Lens2Logit.MLNet.Data;
using Lens2Logit.MLNet.Data.Tiling;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Data;

public class RawDroneTests
{
    // Shares of cars in the 3×5 tiles of a frame: three tiles above 1 %, two that show a little, ten without.
    private static readonly double[] Frame = [0, 0.5, 0, 0.005, 0, 0, 0.2, 0, 0, 0, 0.011, 0, 0.01, 0, 0];

    // The other way round: more tiles with a car than without.
    private static readonly double[] CrowdedFrame = [.. Frame.Select(share => share == 0 ? 0.3 : 0)];

    private readonly MLContext _ml = new();
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Start() => _folder = new();

    [TearDown]
    public void Stop() => _folder.Dispose();

    [Test]
    public void The_published_tiles_give_548_images_of_12_frames()
    {
        PublishedLayouts.WriteDroneTiles(_folder.Path, [46, 46, 46, 46, 46, 46, 46, 46, 45, 45, 45, 45], size: 16, "100");
        var rows = Rows();
        Assert.That(rows, Has.Count.EqualTo(548));
        Assert.That(rows.Select(r => r.Frame).Distinct(), Is.EqualTo(Enumerable.Range(0, 12).Select(i => $"{i:00}")));
        Assert.That(rows.Select(r => r.Label), Is.All.EqualTo("car"));
        Assert.That(rows.Select(r => File.Exists(_folder.File(r.MaskPath))), Is.All.True);
    }

    [Test]
    public void Columns_are_path_mask_path_name_label_frame_and_intensity()
    {
        PublishedLayouts.WriteDroneTiles(_folder.Path, [1, 2], size: 16, "050");
        var options = new RawDroneOptions { Intensities = [0.5f] };
        Assert.That(_ml.Data.LoadRawDrone(_folder.Path, options).Schema.Select(c => $"{c.Name}: {c.Type}"), Is.EqualTo(new[]
        {
            "Path: String", "MaskPath: String", "Name: String", "Label: String", "Frame: String", "Intensity: Single",
        }));
        var last = Rows(options)[^1];
        Assert.That((last.Path, last.MaskPath, last.Name, last.Label, last.Frame, last.Intensity), Is.EqualTo((
            "drone/images_tiles_256/raw_scale050/01_00001.tif", "drone/masks_tiles_256/01_00001.png", "01_00001", "car", "01", 0.5f)));
    }

    [Test]
    public void Full_frames_are_cut_into_tiles_with_a_car_and_their_masks()
    {
        PublishedLayouts.WriteDroneFrames(_folder.Path, [Frame, CrowdedFrame], "100", "010");
        var rows = Rows();
        Assert.That(rows.Select(r => r.Name), Is.EqualTo(new[] { "00_00000", "00_00001", "00_00002", "00_00003", "00_00004" }
            .Concat(Enumerable.Range(0, 10).Select(i => $"01_{i:00000}"))));

        // The second tile with a car is the frame's fourth: row 0, column 3.
        const int FrameWidth = 5 * 256 + 32;
        var frame = PublishedLayouts.Mosaic(3 * 256 + 200, FrameWidth, seed: 0, percent: 100);
        var tile = RawImageReader.Read(_folder.File(rows[1].Path));
        Assert.That((tile.Height, tile.Width), Is.EqualTo((256, 256)));
        Assert.That(tile.Values.Select(v => (int)MathF.Round(65535 * v)), Is.EqualTo(Enumerable.Range(0, 256 * 256).Select(i => (int)frame[i / 256 * FrameWidth + 3 * 256 + i % 256])));
        Assert.That(MaskSum(rows[1].MaskPath), Is.EqualTo((int)Math.Round(0.005 * 65536)));

        var dim = Rows(new() { Intensities = [0.1f] });
        Assert.That(dim.Select(r => (r.Name, r.MaskPath)), Is.EqualTo(rows.Select(r => (r.Name, r.MaskPath))), "the other intensity has the same tiles and masks");
        Assert.That(RawImageReader.Read(_folder.File(dim[1].Path)).Values.Max(), Is.LessThan(0.11f));
        Assert.That(Directory.GetDirectories(_folder.File(Path.Combine("drone", "images_tiles_256"))), Has.Length.EqualTo(2), "nothing half made stays");
    }

    [Test]
    public void Car_and_no_car_tiles_are_balanced_frame_by_frame()
    {
        PublishedLayouts.WriteDroneFrames(_folder.Path, [Frame, CrowdedFrame]);
        var rows = Rows(new() { Task = RawDroneTask.CarPresence });
        Assert.That(rows.CountBy(r => (r.Frame, r.Label)).ToDictionary(), Is.EquivalentTo(new Dictionary<(string, string), int>
        {
            [("00", "car")] = 3, [("00", "no car")] = 3, [("01", "car")] = 5, [("01", "no car")] = 5,
        }));
        Assert.That(rows[0].Path, Is.EqualTo("drone/classification/images_tiles_256/raw_scale100_thr_0.01/00_00000.tif"));
        Assert.That(rows.Where(r => r.Label == "no car").Select(r => MaskSum(r.MaskPath)), Is.All.Zero);
        Assert.That(rows.Where(r => r.Label == "car").Select(r => MaskSum(r.MaskPath)), Is.All.GreaterThan(0.01 * 65536));

        var list = File.ReadAllLines(_folder.File(Path.Combine("drone", "classification", "dataset_tiles_256_72_0.01.csv")));
        Assert.That(list[..5], Is.EqualTo(new[] { ",file name,label", "0,00_00000,0", "1,00_00001,0", "2,00_00002,0", "3,00_00003,1" }), "as the paper's code writes it: 0 is a car");
        Assert.That(Rows(new() { Task = RawDroneTask.CarPresence }).Select(r => (r.Path, r.Label)), Is.EqualTo(rows.Select(r => (r.Path, r.Label))), "read again, not cut again");
    }

    // Drawn by Python 3.11: random.seed(72), random.shuffle of the more frequent kind, the first ones dropped.
    [Test]
    public void The_balanced_tiles_are_those_that_the_papers_code_draws()
    {
        var options = new FrameTilingOptions { Selection = TileSelection.Balanced };
        Assert.That(TileChoice.Of(Frame, options), Is.EqualTo(new[] { 1, 6, 10, 2, 4, 8 }));
        Assert.That(TileChoice.Of(CrowdedFrame, options), Is.EqualTo(new[] { 2, 4, 7, 8, 11, 1, 3, 6, 10, 12 }));
        Assert.That(TileChoice.Of(Frame, options with { Seed = 73 }), Is.Not.EqualTo(new[] { 1, 6, 10, 2, 4, 8 }));
    }

    [Test]
    public void Frames_and_masks_that_do_not_belong_together_are_named()
    {
        PublishedLayouts.WriteDroneFrames(_folder.Path, [Frame, Frame]);
        var masks = _folder.File(Path.Combine("drone", "masks_full"));
        File.Move(Path.Combine(masks, "DJI_0001_mask.png"), Path.Combine(masks, "DJI_0007_mask.png"));
        Assert.That(() => Rows(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("DJI_0007_mask.png").And.Message.Contains("DJI_0001.tif"));
        File.Delete(Path.Combine(masks, "DJI_0007_mask.png"));
        Assert.That(() => Rows(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("2 frames").And.Message.Contains("1 masks"));
        ImageFiles.WriteGrey(masks, "DJI_0001_mask.png", 300, 0);
        Assert.That(() => Rows(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("300×300").And.Message.Contains("968×1312"));
        File.WriteAllText(Path.Combine(masks, "DJI_0001_mask.png"), "no image");
        Assert.That(() => Rows(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("DJI_0001_mask.png"));
        Assert.That(Directory.Exists(_folder.File(Path.Combine("drone", "masks_tiles_256"))), Is.False, "nothing that looks complete stays");
        Assert.That(Directory.EnumerateFiles(_folder.File("drone"), "*", SearchOption.AllDirectories).Count(), Is.EqualTo(4));
    }

    [Test]
    public void Tiles_that_are_cut_at_the_same_time_are_cut_alike()
    {
        PublishedLayouts.WriteDroneFrames(_folder.Path, [Frame]);
        var runs = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Rows(new() { Task = RawDroneTask.CarPresence }).Select(r => (r.Path, r.Label)).ToList()))).Result;
        Assert.That(runs, Is.All.EqualTo(runs[0]));
    }

    // What another system leaves beside each file of a folder that it looks into.
    [Test]
    public void Hidden_files_are_neither_frames_nor_masks_nor_tiles()
    {
        PublishedLayouts.WriteDroneFrames(_folder.Path, [Frame]);
        Hide("images_full/raw_scale100/._DJI_0000.tif");
        Hide("masks_full/._DJI_0000_mask.png");
        var names = Rows().Select(r => r.Name).ToList();
        Assert.That(names, Has.Count.EqualTo(5));
        Hide("images_tiles_256/raw_scale100/._00_00000.tif");
        Assert.That(Rows(new() { Unreadable = UnreadableImages.Throw }).Select(r => r.Name), Is.EqualTo(names));

        void Hide(string name) => File.WriteAllText(_folder.File(Path.Combine(["drone", .. name.Split('/')])), "no image");
    }

    [Test]
    public void What_belongs_to_tiles_is_written_before_their_folder_appears()
    {
        PublishedLayouts.WriteDroneFrames(_folder.Path, [Frame]);
        var root = _folder.File("drone");
        string tiles = Path.Combine(root, "tiles"), masks = Path.Combine(root, "masks");
        var seen = new List<(int Count, bool Tiles, bool Masks)>();
        FrameTiling.Write(Path.Combine(root, "images_full", "raw_scale100"), Path.Combine(root, "masks_full"), tiles, masks, new(),
            written => seen.Add((written.Count, Directory.Exists(tiles), Directory.Exists(masks))));
        Assert.That(seen, Is.EqualTo(new[] { (5, false, false) }));
        Assert.That(Directory.Exists(tiles) && Directory.Exists(masks));
    }

    [Test]
    public void A_tile_without_its_mask_is_left_out()
    {
        PublishedLayouts.WriteDroneTiles(_folder.Path, [3], size: 16, "100");
        File.Delete(_folder.File(Path.Combine("drone", "masks_tiles_256", "00_00001.png")));
        Assert.That(Rows().Select(r => r.Name), Is.EqualTo(new[] { "00_00000", "00_00002" }));
        Assert.That(() => Rows(new() { Unreadable = UnreadableImages.Throw }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("masks_tiles_256/00_00001.png"));
    }

    [Test]
    public void What_is_not_there_is_named()
    {
        Assert.That(() => Rows(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("images_full").And.Message.Contains("found nothing"));
        PublishedLayouts.WriteDroneTiles(_folder.Path, [1], size: 16, "100");
        Assert.That(() => Rows(new() { Intensities = [0.75f] }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("raw_scale075"));
        Assert.That(() => Rows(new() { Task = RawDroneTask.CarPresence }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("raw_scale100_thr_0.01"));
        Assert.That(() => Rows(new() { Task = (RawDroneTask)7 }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Segmentation or CarPresence"));
    }

    private int MaskSum(string path)
    {
        using var mask = MLImage.CreateFromFile(_folder.File(path));
        var pixels = mask.Pixels.ToArray();
        return Enumerable.Range(0, mask.Height * mask.Width).Count(i => pixels[4 * i] > 0);
    }

    private List<RawDroneTile> Rows(RawDroneOptions? options = null) =>
        [.. _ml.Data.CreateEnumerable<RawDroneTile>(_ml.Data.LoadRawDrone(_folder.Path, options), reuseRowObject: false)];
}
