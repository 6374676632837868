using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Data;

/// <summary>What to do with a file that is no readable image.</summary>
public enum UnreadableImages
{
    /// <summary>Leave it out, and name it in a warning.</summary>
    Skip,

    /// <summary>Throw, naming all of them.</summary>
    Throw,
}

/// <summary>One image of a folder.</summary>
public sealed class ImageFile
{
    /// <summary>Path relative to the folder, with <c>/</c> between its parts.</summary>
    public string Path { get; set; } = "";

    /// <summary>The class.</summary>
    public string Label { get; set; } = "";

    /// <summary>The part of the data the image belongs to (<c>train</c>, <c>validation</c>, <c>test</c>), or empty.</summary>
    public string Split { get; set; } = "";
}

/// <summary>
/// Finds labelled images: those listed in <c>labels.csv</c> (columns <c>path</c>, <c>label</c> and, if present, <c>split</c>) or else
/// those in subfolders named after their class.
/// </summary>
internal static class ImageFolder
{
    public const string LabelsFile = "labels.csv";

    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"];

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has no labelled image, labels.csv cannot be used, or an image cannot be read.</exception>
    public static List<ImageFile> Find(string folder, UnreadableImages unreadable, IChannel channel)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
        var labels = Path.Combine(folder, LabelsFile);
        var files = File.Exists(labels) ? ReadLabels(labels) : FromSubfolders(folder);
        if (files.Count == 0)
            throw new InvalidDataException($"'{folder}' holds no labelled image: expected a labels.csv, or subfolders named after the classes with {string.Join(", ", Extensions)} files.");
        var bad = Unreadable(folder, files);
        if (bad.Count == 0)
            return files;
        var message = $"{bad.Count} of {files.Count} images in '{folder}' cannot be read: {string.Join("; ", bad.Take(20).Select(b => $"{b.Key.Path} ({b.Value})"))}{(bad.Count > 20 ? "; …" : "")}.";
        if (unreadable == UnreadableImages.Throw || bad.Count == files.Count)
            throw new InvalidDataException(message);
        channel.Warning(message + " They are left out.");
        files.RemoveAll(bad.ContainsKey);
        return files;
    }

    private static List<ImageFile> FromSubfolders(string folder) =>
    [
        .. from subfolder in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)
           from file in Directory.EnumerateFiles(subfolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
           where Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)
               // Hidden files are what other systems leave beside the images: ".DS_…" lies in a published set, and is none.
               && !Path.GetFileName(file).StartsWith('.')
           select new ImageFile { Path = Path.GetRelativePath(folder, file).Replace('\\', '/'), Label = Path.GetFileName(subfolder) },
    ];

    private static List<ImageFile> ReadLabels(string path)
    {
        var lines = File.ReadAllLines(path);
        var header = lines.Length > 0 ? Cells(lines[0]) : [];
        int pathColumn = Array.IndexOf(header, "path"), labelColumn = Array.IndexOf(header, "label"), splitColumn = Array.IndexOf(header, "split");
        if (pathColumn < 0 || labelColumn < 0)
            throw new InvalidDataException($"'{path}' has the columns {string.Join(", ", header)}; expected at least path and label.");
        var files = new List<ImageFile>();
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
                continue;
            var cells = Cells(lines[i]);
            if (cells.Length != header.Length)
                throw new InvalidDataException($"Line {i + 1} of '{path}' has {cells.Length} cells; the header has {header.Length}.");
            files.Add(new() { Path = cells[pathColumn], Label = cells[labelColumn], Split = splitColumn < 0 ? "" : cells[splitColumn] });
        }
        return files;

        static string[] Cells(string line) => line.Split(',', StringSplitOptions.TrimEntries);
    }

    /// <summary>Decodes every image once: only that tells a broken one, and it must not surface in the middle of a training.</summary>
    private static Dictionary<ImageFile, string> Unreadable(string folder, List<ImageFile> files)
    {
        var bad = new Dictionary<ImageFile, string>();
        Parallel.ForEach(files, file =>
        {
            var path = Path.Combine(folder, file.Path);
            try
            {
                using var image = MLImage.CreateFromFile(path);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                lock (bad)
                    bad.Add(file, File.Exists(path) ? "no readable image" : "not found");
            }
        });
        return bad;
    }
}
