using System.Collections.ObjectModel;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Data.Download;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Data;

/// <summary>
/// Raw-Microscopy: 940 raw bright-field images of leukocytes, 256×256, 16 bit, RGGB, in nine classes, each at seven intensities.
/// </summary>
/// <remarks>
/// Develop it with <see cref="CameraParameters.RawMicroscopy"/>. Published layout: <c>microscopy/images/raw_scale100</c> (and 001, 005, 010, 025,
/// 050, 075) with one TIFF file per cell, <c>microscopy/labels/Ma190c_annotations.dat</c> with "name class" on each line.
/// Source: Oala, Aversa, Nobis, Willis et al., TMLR 2023; data CC BY 4.0, DOI 10.5281/zenodo.5235536.
/// </remarks>
public static class RawMicroscopy
{
    /// <summary>The file that the paper leaves out.</summary>
    internal const string InvalidFile = "Ma190c_lame3_zone13_composite_Mcropped_2.tiff";

    private const string Annotations = "Ma190c_annotations.dat";

    /// <summary>Intensities of the published variants, as fractions of the first.</summary>
    public static IReadOnlyList<float> Intensities => RawScale.All;

    /// <summary>What the class codes stand for. The last seven of them have too few images and are left out by default.</summary>
    public static IReadOnlyDictionary<string, string> Classes { get; } = new ReadOnlyDictionary<string, string>(new Dictionary<string, string>
    {
        ["BAS"] = "basophil",
        ["EOS"] = "eosinophil",
        ["KSC"] = "smudge cell or debris",
        ["LYA"] = "lymphocyte, atypical",
        ["LYT"] = "lymphocyte, typical",
        ["MON"] = "monocyte",
        ["NGB"] = "neutrophil, band",
        ["NGS"] = "neutrophil, segmented",
        ["UNC"] = "not assigned to a class",
        ["EBO"] = "erythroblast",
        ["MMZ"] = "metamyelocyte",
        ["MOB"] = "monoblast",
        ["MYB"] = "myelocyte",
        ["MYO"] = "myeloblast",
        ["PMB"] = "promyelocyte, bilobed",
        ["PMO"] = "promyelocyte",
    });

    internal static PublishedDataset Dataset { get; } = new()
    {
        Name = "Raw-Microscopy",
        FolderName = "raw-microscopy",
        WordsOfOthers = ["drone"],
        Matches = folder => File.Exists(Path.Combine(folder, "labels", Annotations)) && RawScale.AnyIn(Path.Combine(folder, "images")),
        Layout = $"a folder with images/raw_scale100 (or another intensity) and labels/{Annotations}",
    };

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has another layout, or its labels cannot be used.</exception>
    internal static List<RawMicroscopyImage> Find(string folder, RawMicroscopyOptions options, IChannel channel)
    {
        options.Validate();
        var root = Dataset.Locate(folder);
        var scales = options.Intensities.Select(i => (Intensity: i, Folder: RawScale.Require(Path.Combine(root, "images"), i, suffix: ""))).ToList();
        var labels = Wanted(ReadAnnotations(Path.Combine(root, "labels", Annotations)), options, channel);
        List<RawMicroscopyImage> images =
        [
            .. from scale in scales
               from label in labels
               select new RawMicroscopyImage
               {
                   Path = RelativePath.Of(folder, Path.Combine(scale.Folder, label.Name + ".tiff")),
                   Name = label.Name,
                   Label = label.Class,
                   Frame = FrameOf(label.Name),
                   Intensity = scale.Intensity,
               },
        ];
        MissingFiles.Handle(folder, images, image => [image.Path], options.Unreadable, channel);
        return images;
    }

    /// <summary>The microscope's field of view from which an image was cropped: all before the number of the crop.</summary>
    internal static string FrameOf(string name)
    {
        int end = name.LastIndexOf('_');
        return end > 0 && name.AsSpan(end + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? name[..end] : name;
    }

    private static List<(string Name, string Class)> ReadAnnotations(string path)
    {
        var labels = new List<(string, string)>();
        int number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            if (words.Length != 2)
                throw new InvalidDataException($"Line {number} of '{path}' has {words.Length} words; expected a file name and a class.");
            if (words[0].IndexOfAny(['/', '\\', ':']) >= 0)
                throw new InvalidDataException($"Line {number} of '{path}' names the file '{words[0]}'; expected a name without a folder.");
            labels.Add((words[0], words[1]));
        }
        return labels;
    }

    private static List<(string Name, string Class)> Wanted(List<(string Name, string Class)> labels, RawMicroscopyOptions options, IChannel channel)
    {
        // The paper counts before it leaves the invalid file out.
        var counts = labels.CountBy(l => l.Class).ToDictionary();
        var dropped = counts.Where(c => !Classes.ContainsKey(c.Key) || c.Value < options.MinimumImagesPerClass).Select(c => c.Key).ToHashSet();
        if (dropped.Count > 0)
        {
            channel.Info($"Left out: {string.Join(", ", dropped.Order(StringComparer.Ordinal).Select(c => $"{c} ({counts[c]})"))}; classes of fewer than " +
                $"{options.MinimumImagesPerClass} images and unknown ones.");
        }
        return [.. labels.Where(l => !dropped.Contains(l.Class) && l.Name + ".tiff" != InvalidFile)];
    }
}
