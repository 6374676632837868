using Lens2Logit.MLNet.Data.Download;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Data;

/// <summary>
/// Peripheral blood cells of Acevedo et al.: 17,092 sRGB images of 360×363 pixels (some slightly larger or smaller) of single cells in eight classes.
/// </summary>
/// <remarks>
/// Published layout: a folder <c>PBC_dataset_normal_DIB</c> with one folder a class, files such as <c>neutrophil/SNE_1234.jpg</c>. Source: Acevedo,
/// Merino, Alférez, Molina, Boldú, Rodellar, "A dataset of microscopic peripheral blood cell images for development of automatic recognition
/// systems", Data in Brief 30, 2020; data CC BY 4.0, DOI 10.17632/snkd93bnjr.1.
/// </remarks>
public static class AcevedoBloodCells
{
    /// <summary>The classes; <c>ig</c> are immature granulocytes.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["basophil", "eosinophil", "erythroblast", "ig", "lymphocyte", "monocyte", "neutrophil", "platelet"];

    private static readonly Dictionary<string, string> Subtypes = new()
    {
        ["BNE"] = "band neutrophil",
        ["SNE"] = "segmented neutrophil",
        ["MMY"] = "metamyelocyte",
        ["MY"] = "myelocyte",
        ["PMY"] = "promyelocyte",
    };

    private static readonly PublishedDataset Dataset = new()
    {
        Name = "the blood cells of Acevedo et al.",
        FolderName = "acevedo-blood-cells",
        WordsOfOthers = [],
        Matches = folder => File.Exists(Path.Combine(folder, LabelsFile.Name)) || Classes.All(c => Directory.Exists(Path.Combine(folder, c))),
        Layout = $"a folder with the subfolders {string.Join(", ", Classes)}, or with {LabelsFile.Name}",
    };

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has another layout or other classes, or an image cannot be read.</exception>
    internal static List<AcevedoBloodCell> Find(string folder, UnreadableImages unreadable, IChannel channel)
    {
        var root = Dataset.Locate(folder);
        var files = ImageFolder.Find(root, unreadable, channel);
        if (files.FirstOrDefault(f => !Classes.Contains(f.Label)) is { } other)
            throw new InvalidDataException($"'{other.Path}' in '{root}' is of class '{other.Label}'; the classes of this data set are {string.Join(", ", Classes)}.");
        return
        [
            .. from file in files
               select new AcevedoBloodCell
               {
                   Path = RelativePath.Of(folder, Path.Combine(root, file.Path)),
                   Label = file.Label,
                   Subtype = Subtypes.GetValueOrDefault(Path.GetFileName(file.Path).Split('_')[0], ""),
                   Split = file.Split,
               },
        ];
    }
}
