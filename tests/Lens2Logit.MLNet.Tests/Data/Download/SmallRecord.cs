using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Lens2Logit.MLNet.Data.Download;

namespace Lens2Logit.Tests.Data.Download;

/// <summary>A record of Zenodo's shape on a server of this machine, whose answers a test can replace one by one.</summary>
internal sealed class SmallRecord : IDisposable
{
    private readonly FaultyServer _server;

    public SmallRecord(params (string Key, byte[] Content)[] files)
    {
        Files = files.ToDictionary(f => f.Key, f => f.Content);
        _server = new(Reply);
    }

    /// <summary>The files as they are served; the record's checksums are those of the moment it is asked for.</summary>
    public Dictionary<string, byte[]> Files { get; }

    /// <summary>Answers instead of proper ones, in order: of requests for files alone.</summary>
    public ConcurrentQueue<Func<SmallRecord, Request, Answer>> Faults { get; } = [];

    /// <summary>Answers every request for a file, where there are no <see cref="Faults"/>.</summary>
    public Func<SmallRecord, Request, Answer> FileReply { get; set; } = static (record, request) => record.Proper(request);

    /// <summary>Answers requests for the record.</summary>
    public Func<SmallRecord, Answer> RecordReply { get; set; } = static record => new(200, record.Json());

    /// <summary>Checksums to state instead of the true ones.</summary>
    public Dictionary<string, string> StatedChecksums { get; } = [];

    /// <summary>Lengths to state instead of the true ones.</summary>
    public Dictionary<string, long> StatedSizes { get; } = [];

    public Uri Address => _server.Address;

    public IReadOnlyList<Request> Requests => [.. _server.Requests];

    public IReadOnlyList<Request> FileRequests => [.. _server.Requests.Where(r => r.Path.StartsWith("/files/", StringComparison.Ordinal))];

    /// <summary>Options that ask this record, without patience.</summary>
    public DatasetDownloadOptions Options(string folder) => new()
    {
        Folder = folder,
        Server = Address,
        FirstDelay = TimeSpan.FromMilliseconds(1),
        MaximumDelay = TimeSpan.FromSeconds(5),
        Attempts = 3,
        StallTimeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>What an honest server answers, ranges included.</summary>
    public Answer Proper(Request request)
    {
        var content = Files[Uri.UnescapeDataString(request.Path["/files/".Length..])];
        if (request.From == 0)
            return new(200, content);
        return request.From >= content.Length
            ? new(416, [])
            : new(206, content[(int)request.From..]) { Headers = { ["Content-Range"] = $"bytes {request.From}-{content.Length - 1}/{content.Length}" } };
    }

    /// <summary>The record, in the shape of <c>GET /api/records/{id}</c>, with members that a client does not need.</summary>
    public byte[] Json() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        id = 5235536,
        doi = "10.5281/zenodo.5235536",
        metadata = new { title = "A small record" },
        files = Files.Select(f => new
        {
            id = Guid.NewGuid(),
            key = f.Key,
            size = StatedSizes.GetValueOrDefault(f.Key, f.Value.Length),
            checksum = StatedChecksums.GetValueOrDefault(f.Key, Md5(f.Value)),
            links = new { self = new Uri(Address, $"files/{Uri.EscapeDataString(f.Key)}") },
        }),
    });

    [SuppressMessage("Security", "CA5351", Justification = "Zenodo publishes MD5.")]
    public static string Md5(byte[] content) => "md5:" + Convert.ToHexStringLower(MD5.HashData(content));

    /// <summary>A zip archive of the given entries.</summary>
    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                stream.Write(content);
            }
        }
        return memory.ToArray();
    }

    /// <summary>Bytes that do not compress, the same for the same seed.</summary>
    public static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A record that holds Raw-Microscopy with one image, in one archive.</summary>
    public static SmallRecord Microscopy(int imageBytes = 300_000) => new(("microscopy.zip", Zip(
        ("microscopy/images/raw_scale100/Ma190c_lame1_zone1_composite_Mcropped_1.tiff", Noise(imageBytes)),
        ("microscopy/labels/Ma190c_annotations.dat", "Ma190c_lame1_zone1_composite_Mcropped_1 LYT\n"u8.ToArray()))));

    public void Dispose() => _server.Dispose();

    private Answer Reply(Request request)
    {
        if (request.Path == "/api/records/5235536")
            return RecordReply(this);
        if (!request.Path.StartsWith("/files/", StringComparison.Ordinal))
            return new(404, []);
        return Faults.TryDequeue(out var fault) ? fault(this, request) : FileReply(this, request);
    }
}
