namespace Lens2Logit.MLNet.Data.Download;

/// <summary>A data set of a record: how it is told from the record's other ones, and how its folder looks.</summary>
internal sealed record PublishedDataset
{
    /// <summary>Name in messages.</summary>
    public required string Name { get; init; }

    /// <summary>Name of its folder in the cache.</summary>
    public required string FolderName { get; init; }

    /// <summary>Words of which one in a file's name says that the file belongs to another data set.</summary>
    public required IReadOnlyList<string> WordsOfOthers { get; init; }

    /// <summary>Whether a folder is this data set, as published.</summary>
    public required Func<string, bool> Matches { get; init; }

    /// <summary>What is expected in the folder, for messages.</summary>
    public required string Layout { get; init; }

    private const int SearchDepth = 3;

    private static readonly EnumerationOptions Accessible = new() { IgnoreInaccessible = true };

    /// <summary>The data set's folder: the given one, or one below it.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It does not hold the data set.</exception>
    public string Locate(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
        IEnumerable<string> level = [folder];
        for (int depth = 0; depth <= SearchDepth; depth++)
        {
            if (level.FirstOrDefault(Matches) is { } found)
                return found;
            level = [.. level.SelectMany(parent => Directory.EnumerateDirectories(parent, "*", Accessible)).Order(StringComparer.Ordinal)];
        }
        string[] there = [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        throw new InvalidDataException($"'{folder}' does not hold {Name} in its published layout: expected {Layout}; " +
            $"found {(there.Length == 0 ? "nothing" : ShortList.Of(there, most: 10, separator: ", "))}.");
    }
}
