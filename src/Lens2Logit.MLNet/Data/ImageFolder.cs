using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Data;

/// <summary>
/// Finds labelled images: those listed in <c>labels.csv</c> (columns <c>path</c>, <c>label</c> and, if present, <c>split</c>) or else
/// those in subfolders named after their class.
/// </summary>
internal static class ImageFolder
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"];

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has no labelled image, labels.csv cannot be used, or an image cannot be read.</exception>
    public static List<ImageFile> Find(string folder, UnreadableImages unreadable, IChannel channel)
    {
        var files = List(folder, Extensions, isFlat: false);
        return Readable(folder, files, unreadable, channel, file =>
        {
            try
            {
                using var image = MLImage.CreateFromFile(Path.Combine(folder, file.Path));
                return null;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return File.Exists(Path.Combine(folder, file.Path)) ? "no readable image" : "not found";
            }
        });
    }

    /// <summary>The labelled images of a folder, whether or not they can be read.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="extensions">What the names of images end in.</param>
    /// <param name="isFlat">Whether images that lie in the folder itself count, without a label, if there are no others.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has no labelled image, or labels.csv cannot be used.</exception>
    public static List<ImageFile> List(string folder, string[] extensions, bool isFlat)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
        var labels = Path.Combine(folder, LabelsFile.Name);
        var files = File.Exists(labels) ? LabelsFile.Read(labels) : FromSubfolders(folder, extensions);
        if (files.Count == 0 && isFlat)
            files = [.. Images(folder, extensions).Select(file => new ImageFile { Path = Path.GetFileName(file) })];
        return files.Count > 0 ? files : throw new InvalidDataException(
            $"'{folder}' holds no labelled image: expected a labels.csv, or subfolders named after the classes with {string.Join(", ", extensions)} files.");
    }

    /// <summary>Tries every image once: only that tells a broken one, and it must not surface in the middle of a training.</summary>
    /// <param name="folder">The folder, for messages.</param>
    /// <param name="files">The images.</param>
    /// <param name="unreadable">What to do with those that cannot be read.</param>
    /// <param name="channel">Takes the warning.</param>
    /// <param name="problem">Tries one and says what is wrong with it, or null; called on several threads.</param>
    /// <exception cref="InvalidDataException">An image cannot be read and <paramref name="unreadable"/> says to throw, or none can.</exception>
    public static List<ImageFile> Readable(string folder, List<ImageFile> files, UnreadableImages unreadable, IChannel channel, Func<ImageFile, string?> problem)
    {
        var bad = new Dictionary<ImageFile, string>();
        Parallel.ForEach(files, file =>
        {
            if (problem(file) is { } reason)
            {
                lock (bad)
                    bad.Add(file, reason);
            }
        });
        if (bad.Count == 0)
            return files;
        string[] named = [.. files.Where(bad.ContainsKey).Select(file => $"{file.Path} ({bad[file]})")];
        var message = $"{bad.Count} of {files.Count} images in '{folder}' cannot be read: {ShortList.Of(named)}.";
        if (unreadable == UnreadableImages.Throw || bad.Count == files.Count)
            throw new InvalidDataException(message);
        channel.Warning(message + " They are left out.");
        files.RemoveAll(bad.ContainsKey);
        return files;
    }

    /// <summary>The files of a folder that are images by their names, in ordinal order.</summary>
    public static IEnumerable<string> Images(string folder, string[] extensions, SearchOption search = SearchOption.TopDirectoryOnly) =>
        Directory.EnumerateFiles(folder, "*", search)
            // Hidden files are what other systems leave beside the images: ".DS_…" lies in a published set, and is none.
            .Where(file => extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase) && !Path.GetFileName(file).StartsWith('.'))
            .Order(StringComparer.Ordinal);

    private static List<ImageFile> FromSubfolders(string folder, string[] extensions) =>
    [
        .. from subfolder in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)
           from file in Images(subfolder, extensions, SearchOption.AllDirectories)
           select new ImageFile { Path = RelativePath.Of(folder, file), Label = Path.GetFileName(subfolder) },
    ];
}
