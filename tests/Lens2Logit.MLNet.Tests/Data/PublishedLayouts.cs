using System.Globalization;
using Lens2Logit.IO;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Data;

/// <summary>Small synthetic files in the layouts in which the public data sets come: their folders, names, formats and counts.</summary>
internal static class PublishedLayouts
{
    /// <summary>The published count of each class, and two classes that are too small to stay.</summary>
    public static readonly IReadOnlyDictionary<string, int> MicroscopyCounts = new Dictionary<string, int>
    {
        ["BAS"] = 18, ["EOS"] = 54, ["KSC"] = 163, ["LYA"] = 30, ["LYT"] = 230, ["MON"] = 191, ["NGB"] = 8, ["NGS"] = 216, ["UNC"] = 30,
        ["MYO"] = 4, ["EBO"] = 1,
    };

    /// <summary>Raw-Microscopy: the images of all classes and the one that is left out, at some intensities. Returns the number of labels.</summary>
    public static int WriteMicroscopy(string folder, int size = 8, IReadOnlyDictionary<string, int>? counts = null, params string[] scales)
    {
        var root = Path.Combine(folder, "microscopy");
        var labels = new List<string>();
        int zone = 0, crop = 0;
        foreach (var (label, count) in counts ?? MicroscopyCounts)
        {
            for (int i = 0; i < count; i++)
            {
                // Three crops of each field of view.
                if (crop++ % 3 == 0)
                    zone++;
                labels.Add(string.Create(CultureInfo.InvariantCulture, $"Ma190c_lame1_zone{zone}_composite_Mcropped_{crop % 3} {label}"));
            }
        }
        labels.Add("Ma190c_lame3_zone13_composite_Mcropped_2 LYT");
        foreach (var scale in scales is [] ? ["100"] : scales)
        {
            var images = Directory.CreateDirectory(Path.Combine(root, "images", "raw_scale" + scale)).FullName;
            for (int i = 0; i < labels.Count; i++)
                RawTiffWriter.Write(Path.Combine(images, labels[i].Split(' ')[0] + ".tiff"), Mosaic(size, size, seed: i, int.Parse(scale, CultureInfo.InvariantCulture)), size, size);
        }
        Directory.CreateDirectory(Path.Combine(root, "labels"));
        File.WriteAllLines(Path.Combine(root, "labels", "Ma190c_annotations.dat"), labels);
        return labels.Count;
    }

    /// <summary>Full frames of Raw-Drone: 3×5 tiles and a rest, the cars in them where <paramref name="cars"/> says how much of each tile they cover.</summary>
    public static void WriteDroneFrames(string folder, double[][] cars, params string[] scales)
    {
        const int Height = 3 * 256 + 200, Width = 5 * 256 + 32;
        var masks = Directory.CreateDirectory(Path.Combine(folder, "drone", "masks_full")).FullName;
        for (int frame = 0; frame < cars.Length; frame++)
        {
            var pixels = new byte[4 * Height * Width];
            for (int i = 0; i < pixels.Length; i++)
            {
                int y = i / 4 / Width, x = i / 4 % Width, tile = y / 256 * 5 + x / 256;
                bool inGrid = y < 3 * 256 && x < 5 * 256;
                bool car = inGrid && (y % 256) * 256 + x % 256 < Math.Round(cars[frame][tile] * 65536);
                pixels[i] = i % 4 == 3 || car ? (byte)255 : (byte)0;
            }
            using var image = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Bgra32, pixels);
            image.Save(Path.Combine(masks, $"DJI_{frame:0000}_mask.png"));
            foreach (var scale in scales is [] ? ["100"] : scales)
            {
                var frames = Directory.CreateDirectory(Path.Combine(folder, "drone", "images_full", "raw_scale" + scale)).FullName;
                RawTiffWriter.Write(Path.Combine(frames, $"DJI_{frame:0000}.tif"), Mosaic(Height, Width, seed: frame, int.Parse(scale, CultureInfo.InvariantCulture)), Height, Width);
            }
        }
    }

    /// <summary>Published tiles of Raw-Drone: as many from each frame as given.</summary>
    public static void WriteDroneTiles(string folder, int[] tilesOfFrames, int size, params string[] scales)
    {
        var masks = Directory.CreateDirectory(Path.Combine(folder, "drone", "masks_tiles_256")).FullName;
        for (int frame = 0; frame < tilesOfFrames.Length; frame++)
        {
            for (int tile = 0; tile < tilesOfFrames[frame]; tile++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{frame:00}_{tile:00000}");
                ImageFiles.WriteGrey(masks, name + ".png", size, 255);
                foreach (var scale in scales)
                {
                    var tiles = Directory.CreateDirectory(Path.Combine(folder, "drone", "images_tiles_256", "raw_scale" + scale)).FullName;
                    RawTiffWriter.Write(Path.Combine(tiles, name + ".tif"), Mosaic(size, size, seed: frame, 100), size, size);
                }
            }
        }
    }

    /// <summary>Digital numbers that differ from pixel to pixel; <paramref name="percent"/> scales them.</summary>
    public static ushort[] Mosaic(int height, int width, int seed, int percent)
    {
        var values = new ushort[height * width];
        for (int i = 0; i < values.Length; i++)
            values[i] = (ushort)((uint)(i * 2654435761 + (uint)seed * 40503) % 65536 * percent / 100);
        return values;
    }
}
