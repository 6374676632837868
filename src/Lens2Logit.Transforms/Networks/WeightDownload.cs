using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Lens2Logit.IO;

namespace Lens2Logit.Networks;

/// <summary>
/// Downloads a file of known hash into a folder, once. What has arrived when a download breaks off stays there, and the next attempt asks the
/// server for the rest; the file gets its name only when its hash is right.
/// </summary>
internal sealed class WeightDownload(Uri address, string sha256, long? sizeBytes, string folder)
{
    private const int Attempts = 3;

    // A body may take hours; silence is what counts, and it is watched step by step.
    private static readonly HttpClient Client = new() { Timeout = Timeout.InfiniteTimeSpan };

    private readonly string _file = Path.Combine(folder, $"{sha256.ToUpperInvariant()}.safetensors");

    /// <summary>How long the server may be silent before the connection counts as lost. Default 100 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(100);

    private string Unfinished => _file + ".part";

    /// <summary>The SHA-256 of a file, 64 hexadecimal digits.</summary>
    public static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    /// <summary>The path of the file, downloaded if it is not there yet or was damaged.</summary>
    /// <exception cref="IOException">The server cannot be reached, refuses, or breaks off again and again.</exception>
    /// <exception cref="InvalidDataException">The file has another size or hash.</exception>
    public string Fetch(CancellationToken cancellation)
    {
        if (IsThere())
            return _file;
        Directory.CreateDirectory(folder);
        // Of processes that start together one downloads, and the others wait for its file.
        using var held = InterProcessLock.AcquireAsync(_file + ".lock", () => { }, cancellation).GetAwaiter().GetResult();
        if (IsThere())
            return _file;
        for (int attempt = 1; !TryReceive(attempt == Attempts, cancellation); attempt++)
        {
            // What came is kept; the next attempt asks for the rest.
        }
        var hash = HashOf(Unfinished);
        if (!IsExpected(hash))
        {
            File.Delete(Unfinished);
            throw new InvalidDataException($"What is at {address} has the SHA-256 {hash}; expected {sha256}.");
        }
        File.Move(Unfinished, _file, overwrite: true);
        return _file;
    }

    private bool IsThere() => File.Exists(_file) && IsExpected(HashOf(_file));

    private bool IsExpected(string hash) => hash.Equals(sha256, StringComparison.OrdinalIgnoreCase);

    /// <summary>Asks for what is missing and appends it.</summary>
    /// <returns>Whether the file is complete.</returns>
    private bool TryReceive(bool isLast, CancellationToken cancellation)
    {
        using var file = new FileStream(Unfinished, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        long? total = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (file.Length > 0)
                request.Headers.Range = new RangeHeaderValue(file.Length, null);
            using var response = Watched(token => Client.Send(request, HttpCompletionOption.ResponseHeadersRead, token), cancellation);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // Nothing follows what is there: it is complete, or of another file. The hash tells.
                return true;
            }
            response.EnsureSuccessStatusCode();
            bool continues = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == file.Length;
            if (!continues)
                file.SetLength(0);
            total = response.Content.Headers.ContentRange?.Length ?? response.Content.Headers.ContentLength;
            if (total is { } length && sizeBytes is { } expected && length != expected)
                throw new InvalidDataException($"What is at {address} has {length} bytes; expected {expected}.");
            file.Seek(0, SeekOrigin.End);
            using var body = response.Content.ReadAsStream(cancellation);
            Copy(body, file, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or IOException && !isLast && file.Length > 0)
        {
            return false;
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or IOException)
        {
            throw Failed(file.Length, total, e);
        }
        if (total is null || file.Length == total)
            return true;
        return isLast ? throw Failed(file.Length, total, null) : false;
    }

    private void Copy(Stream body, FileStream file, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 16];
        int count;
        // Only asynchronous reads can be given up.
        while ((count = Watched(token => body.ReadAsync(buffer, token).AsTask().GetAwaiter().GetResult(), cancellation)) > 0)
            file.Write(buffer, 0, count);
    }

    /// <summary>One step of a transfer, which must end before the server was silent for too long.</summary>
    /// <exception cref="IOException">It did not.</exception>
    private T Watched<T>(Func<CancellationToken, T> step, CancellationToken cancellation)
    {
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watch.CancelAfter(Patience);
        try
        {
            return step(watch.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the server was silent for {Patience.TotalSeconds:0.#} s"), e);
        }
    }

    private IOException Failed(long received, long? total, Exception? reason) => new(
        $"The download of {address} failed after {received}{(total is { } length ? $" of {length}" : "")} bytes{(reason is null ? "" : $": {reason.Message.TrimEnd('.')}")}. Another call goes on from there.", reason);
}
