using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lens2Logit.MLNet.Data.Download;

/// <summary>The files of a Zenodo record: <c>GET /api/records/{id}</c>, https://developers.zenodo.org, section "Representation" of records.</summary>
internal sealed record ZenodoRecord
{
    /// <summary>The files, as many as are published openly.</summary>
    public IReadOnlyList<ZenodoFile> Files { get; init; } = [];

    /// <exception cref="InvalidDataException">It is no record, or one of its files cannot be downloaded safely.</exception>
    public static ZenodoRecord Parse(ReadOnlySpan<byte> json, Uri address)
    {
        ZenodoRecord? record;
        try
        {
            record = JsonSerializer.Deserialize<ZenodoRecord>(json, JsonSerializerOptions.Web);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{address} gave no record of Zenodo's API: {e.Message}", e);
        }
        if (record?.Files is not { Count: > 0 } files)
            throw new InvalidDataException($"{address} names no file: the record is empty or not open.");
        foreach (var file in files)
            file.Check(address);
        if (files.GroupBy(f => f.Key, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidDataException($"{address} names the file '{twice.Key}' more than once.");
        return record;
    }
}

/// <summary>One file of a record.</summary>
internal sealed record ZenodoFile
{
    /// <summary>File name.</summary>
    public string Key { get; init; } = "";

    /// <summary>Length in bytes.</summary>
    public long Size { get; init; } = -1;

    /// <summary>Algorithm and lower-case hexadecimal digest, <c>md5:…</c>.</summary>
    public string Checksum { get; init; } = "";

    /// <summary>Addresses.</summary>
    public ZenodoFileLinks Links { get; init; } = new();

    [JsonIgnore]
    public FileChecksum Digest => FileChecksum.Parse(Checksum);

    public void Check(Uri address)
    {
        // A name is used as a file name here; on every system, whatever the server's.
        if (Key.Length == 0 || Key is "." or ".." || Key.IndexOfAny(['/', '\\', ':', '\0']) >= 0)
            throw new InvalidDataException($"{address} names a file '{Key}', which is no plain file name.");
        if (Size < 0)
            throw new InvalidDataException($"{address} gives no size of '{Key}'.");
        if (!FileChecksum.TryParse(Checksum, out _))
            throw new InvalidDataException($"{address} gives '{Checksum}' as checksum of '{Key}'; expected one of the form {FileChecksum.Forms}.");
        if (Links?.Self is not { IsAbsoluteUri: true, Scheme: "http" or "https" } link || (address.Scheme == "https" && link.Scheme != "https"))
            throw new InvalidDataException($"{address} gives no safe address of '{Key}', but '{Links?.Self}'.");
    }
}

/// <summary>Addresses of a file.</summary>
internal sealed record ZenodoFileLinks
{
    /// <summary>Its content.</summary>
    public Uri? Self { get; init; }
}
