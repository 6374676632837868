using Lens2Logit.Isp;
using Lens2Logit.MLNet.Data.Download;
using Lens2Logit.MLNet.Data.Tiling;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Data;

/// <summary>
/// Raw-Drone: twelve raw aerial frames of 3648×5472 pixels, 16 bit, RGGB, with masks of the cars in them, cut into tiles of 256×256; each at
/// seven intensities. 548 tiles show a car.
/// </summary>
/// <remarks>
/// Develop it with <see cref="CameraParameters.RawDrone"/>. Published layout: <c>drone/images_full/raw_scale100</c> (and 001, 005, 010, 025, 050, 075)
/// with DNG files, <c>drone/masks_full</c>; <c>drone/images_tiles_256/raw_scale100</c> with TIFF files and <c>drone/masks_tiles_256</c>. Tiles are named by
/// frame and number, <c>03_00017</c>. Source: Oala, Aversa, Nobis, Willis et al., TMLR 2023; data CC BY 4.0, DOI 10.5281/zenodo.5235536.
/// </remarks>
public static class RawDrone
{
    /// <summary>Label of tiles that show a car. The paper's code writes 0 for it.</summary>
    public const string Car = "car";

    /// <summary>Label of tiles that show no car. The paper's code writes 1 for it.</summary>
    public const string NoCar = "no car";

    private const int TileSize = 256;

    private static readonly FrameTilingOptions WithObject = new() { TileSize = TileSize, Selection = TileSelection.WithObject };

    // The names of the published folders hold threshold and seed.
    private static readonly FrameTilingOptions Balanced = new() { TileSize = TileSize, Selection = TileSelection.Balanced, Threshold = 0.01, Seed = 72 };

    /// <summary>Intensities of the published variants, as fractions of the first.</summary>
    public static IReadOnlyList<float> Intensities => RawScale.All;

    internal static PublishedDataset Dataset { get; } = new()
    {
        Name = "Raw-Drone",
        FolderName = "raw-drone",
        WordsOfOthers = ["microscopy"],
        Matches = folder => IsPair(folder, $"images_tiles_{TileSize}", $"masks_tiles_{TileSize}") || IsPair(folder, "images_full", "masks_full"),
        Layout = $"a folder with images_full/raw_scale100 (or another intensity) and masks_full, or images_tiles_{TileSize}/raw_scale100 and masks_tiles_{TileSize}",
    };

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has another layout, or does not have what was asked for.</exception>
    internal static List<RawDroneTile> Find(string folder, RawDroneOptions options, IChannel channel)
    {
        options.Validate();
        var root = Dataset.Locate(folder);
        var tiles = options.Intensities.SelectMany(intensity => options.Task == RawDroneTask.Segmentation
            ? WithCar(folder, root, intensity, channel)
            : WithAndWithoutCar(folder, root, intensity, channel)).ToList();
        MissingFiles.Handle(folder, tiles, tile => [tile.Path, tile.MaskPath], options.Unreadable, channel);
        return tiles;
    }

    private static IEnumerable<RawDroneTile> WithCar(string folder, string root, float intensity, IChannel channel)
    {
        string images = Path.Combine(root, $"images_tiles_{TileSize}"), masks = Path.Combine(root, $"masks_tiles_{TileSize}");
        var scale = Path.Combine(images, RawScale.FolderName(intensity));
        if (!Directory.Exists(scale) && Directory.Exists(Path.Combine(root, "images_full")))
            Cut(root, intensity, scale, masks, WithObject, channel, static _ => { });
        return from file in ImageFolder.Images(RawScale.Require(images, intensity, suffix: ""), [".tif"])
               select Row(folder, file, masks, Car, intensity);
    }

    private static IEnumerable<RawDroneTile> WithAndWithoutCar(string folder, string root, float intensity, IChannel channel)
    {
        var classification = Path.Combine(root, "classification");
        string suffix = FormattableString.Invariant($"_thr_{Balanced.Threshold}"), images = Path.Combine(classification, $"images_tiles_{TileSize}");
        var masks = Path.Combine(classification, $"masks_tiles_{TileSize}{suffix}");
        var labels = Path.Combine(classification, FormattableString.Invariant($"dataset_tiles_{TileSize}_{Balanced.Seed}_{Balanced.Threshold}.csv"));
        var scale = Path.Combine(images, RawScale.FolderName(intensity) + suffix);
        if (!Directory.Exists(scale) && Directory.Exists(Path.Combine(root, "images_full")))
        {
            Cut(root, intensity, scale, masks, Balanced, channel, tiles =>
            {
                if (!File.Exists(labels))
                    TileLabels.Write(labels, [.. tiles.Select(tile => (tile.Name, tile.Coverage > 0))]);
            });
        }
        RawScale.Require(images, intensity, suffix);
        return from label in TileLabels.Read(labels)
               select Row(folder, Path.Combine(scale, label.Name + ".tif"), masks, label.HasObject ? Car : NoCar, intensity);
    }

    private static void Cut(string root, float intensity, string tiles, string tileMasks, FrameTilingOptions options, IChannel channel, Action<IReadOnlyList<FrameTile>> writeMore)
    {
        var frames = RawScale.Require(Path.Combine(root, "images_full"), intensity, suffix: "");
        channel.Info($"Cutting the frames of '{frames}' into tiles of {options.TileSize}×{options.TileSize}, once.");
        FrameTiling.Write(frames, Path.Combine(root, "masks_full"), tiles, tileMasks, options, writeMore);
    }

    private static RawDroneTile Row(string folder, string file, string masks, string label, float intensity)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return new()
        {
            Path = RelativePath.Of(folder, file),
            MaskPath = RelativePath.Of(folder, Path.Combine(masks, name + ".png")),
            Name = name,
            Label = label,
            Frame = name.Split('_')[0],
            Intensity = intensity,
        };
    }

    private static bool IsPair(string folder, string images, string masks) => RawScale.AnyIn(Path.Combine(folder, images)) && Directory.Exists(Path.Combine(folder, masks));
}
