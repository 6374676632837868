using System.Globalization;
using System.IO.Compression;

namespace Lens2Logit.MLNet.Data.Download;

/// <summary>
/// Extracts zip archives, and those in them, without leaving a folder and without filling the disk. Archives in archives are extracted where
/// they lie, and removed.
/// </summary>
/// <remarks>The limits hold for all archives together: what an archive in an archive expands to counts against the outermost one's length.</remarks>
internal sealed class ArchiveExtraction(string targetFolder, ExtractionLimits limits, TransferMeter meter, CancellationToken cancellation)
{
    private const long FreeExpansion = 1 << 20;

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(targetFolder)) + Path.DirectorySeparatorChar;
    private long _archiveBytes;
    private long _bytes;
    private int _entries;

    public static bool IsArchive(string path) => Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="InvalidDataException">It is no zip archive, one of its names leads out of the folder, or a limit is exceeded.</exception>
    /// <exception cref="IOException">The disk is too small.</exception>
    public void Extract(string archive)
    {
        _archiveBytes += new FileInfo(archive).Length;
        ExtractTo(_root, archive, depth: 1);
    }

    private void ExtractTo(string folder, string archive, int depth)
    {
        Directory.CreateDirectory(folder);
        var nested = new List<string>();
        using (var zip = Open(archive))
        {
            Admit(archive, zip);
            foreach (var entry in zip.Entries)
            {
                cancellation.ThrowIfCancellationRequested();
                var path = PathOf(folder, entry, archive);
                if (path.EndsWith(Path.DirectorySeparatorChar))
                {
                    Directory.CreateDirectory(path);
                    continue;
                }
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                Write(entry, path, archive);
                if (IsArchive(path))
                    nested.Add(path);
            }
        }
        foreach (var inner in nested)
        {
            if (depth == limits.MaximumDepth)
                throw new InvalidDataException($"'{archive}' holds archives more than {limits.MaximumDepth} deep, last '{Path.GetFileName(inner)}' ({nameof(limits.MaximumDepth)}).");
            ExtractTo(Path.GetDirectoryName(inner)!, inner, depth + 1);
            File.Delete(inner);
        }
    }

    private static ZipArchive Open(string archive)
    {
        try
        {
            return ZipFile.OpenRead(archive);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{archive}' is no readable zip archive: {e.Message}", e);
        }
    }

    /// <summary>Checks what the archive declares before anything of it is written.</summary>
    private void Admit(string archive, ZipArchive zip)
    {
        _entries = checked(_entries + zip.Entries.Count);
        if (_entries > limits.MaximumEntries)
            throw new InvalidDataException($"'{archive}' makes it {_entries:N0} entries; at most {limits.MaximumEntries:N0} are extracted ({nameof(limits.MaximumEntries)}).");
        foreach (var entry in zip.Entries)
        {
            if (entry.Length < 0 || (_bytes += entry.Length) > limits.MaximumBytes || _bytes < 0)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"'{archive}' expands to more than {limits.MaximumBytes:N0} bytes ({nameof(limits.MaximumBytes)})."));
        }
        if (_bytes > limits.MaximumExpansion * Math.Max(_archiveBytes, FreeExpansion))
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"'{archive}' expands to {_bytes:N0} bytes, {(double)_bytes / _archiveBytes:0} times its length; at most {limits.MaximumExpansion} times is believed ({nameof(limits.MaximumExpansion)})."));
        }
        var bytes = zip.Entries.Sum(e => e.Length);
        DiskSpace.Require(_root, bytes, $"extract '{Path.GetFileName(archive)}'");
        meter.Expect(bytes);
    }

    /// <summary>Where an entry goes; for a folder with a separator at its end.</summary>
    private static string PathOf(string folder, ZipArchiveEntry entry, string archive)
    {
        // A backslash separates on one system and is a letter on the other; a colon names a drive or a stream. Neither is in an honest name.
        var name = entry.FullName.Replace('\\', '/');
        var parts = name.TrimEnd('/').Split('/');
        if (parts.Any(p => p is "" or "." or ".." || p.IndexOfAny([':', '\0']) >= 0))
            throw new InvalidDataException($"'{archive}' holds an entry '{entry.FullName}' whose name leads out of its folder or is none; nothing more is extracted.");
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine([root, .. parts]));
        if (!path.StartsWith(root, StringComparison.Ordinal))
            throw new InvalidDataException($"'{archive}' holds an entry '{entry.FullName}' that leads out of its folder; nothing more is extracted.");
        return name.EndsWith('/') ? path + Path.DirectorySeparatorChar : path;
    }

    private void Write(ZipArchiveEntry entry, string path, string archive)
    {
        using var source = Undamaged(entry, archive, entry.Open);
        using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        var buffer = new byte[1 << 17];
        long written = 0;
        for (int count; (count = Undamaged(entry, archive, () => source.Read(buffer))) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            // What an entry declares was admitted; what it then holds must be no more.
            if ((written += count) > entry.Length)
                throw new InvalidDataException($"'{archive}' declares {entry.Length} bytes for '{entry.FullName}' and holds more.");
            target.Write(buffer, 0, count);
            meter.Moved(Path.GetFileName(archive), count);
        }
        if (written < entry.Length)
            throw new InvalidDataException($"'{archive}' holds {written} of the {entry.Length} bytes that it declares for '{entry.FullName}'.");
    }

    private static T Undamaged<T>(ZipArchiveEntry entry, string archive, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{archive}' is damaged at '{entry.FullName}': {e.Message}", e);
        }
    }
}
