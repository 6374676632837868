using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Data;

/// <summary>Rows of published data sets whose files are not there.</summary>
internal static class MissingFiles
{
    /// <summary>Removes the rows of which a file is missing or empty, with a warning that names them, or throws.</summary>
    /// <param name="folder">Where the paths start.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="paths">The files of a row, relative to the folder.</param>
    /// <param name="unreadable">Whether to remove or to throw.</param>
    /// <param name="channel">Takes the warning.</param>
    /// <exception cref="InvalidDataException">There is such a row and it is to throw, or no row stays.</exception>
    public static void Handle<T>(string folder, List<T> rows, Func<T, IEnumerable<string>> paths, UnreadableImages unreadable, IChannel channel)
    {
        var missing = rows.SelectMany(paths).Distinct().Where(path => new FileInfo(Path.Combine(folder, path)) is not { Exists: true, Length: > 0 }).ToHashSet();
        if (missing.Count == 0 && rows.Count > 0)
            return;
        var message = $"{missing.Count} files in '{folder}' are missing or empty: {ShortList.Of(missing)}.";
        int removed = rows.RemoveAll(row => paths(row).Any(missing.Contains));
        if (rows.Count == 0)
            throw new InvalidDataException(missing.Count > 0 ? message + " No image is left." : $"'{folder}' lists no image.");
        if (unreadable == UnreadableImages.Throw)
            throw new InvalidDataException(message);
        channel.Warning($"{message} {removed} of {rows.Count + removed} rows are left out.");
    }
}
