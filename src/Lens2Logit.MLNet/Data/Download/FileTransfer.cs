using System.Globalization;
using System.Net;

namespace Lens2Logit.MLNet.Data.Download;

/// <summary>Brings one file of a record into a folder: goes on where an earlier attempt or run stopped, and accepts the file only with the record's length and checksum.</summary>
internal sealed class FileTransfer(HttpTransfer http, ZenodoFile file, string folder, Action<DatasetDownloadProgress> report)
{
    // The checksum is part of the name: bytes of another version of the file are never continued.
    private readonly string _part = Path.Combine(folder, $"{file.Key}.{file.Digest.Hex[..12]}.part");

    /// <summary>Where the file lies once it is complete and verified.</summary>
    public string Target { get; } = Path.Combine(folder, file.Key);

    /// <summary>Bytes that an earlier run has brought.</summary>
    public long BytesPresent => File.Exists(Target) ? file.Size : PartLength;

    private long PartLength => File.Exists(_part) ? new FileInfo(_part).Length : 0;

    /// <summary>Downloads what is missing.</summary>
    /// <param name="meter">Counts bytes; those before this file are <paramref name="offset"/>.</param>
    /// <param name="offset">What the meter showed before this file.</param>
    /// <param name="cancellation">Stops the transfer; what has arrived is kept.</param>
    /// <exception cref="IOException">It did not succeed; the message says why and how much is kept.</exception>
    public async Task DownloadAsync(TransferMeter meter, long offset, CancellationToken cancellation)
    {
        // Left by a run that was stopped later, or kept; the record may have another version by now.
        if (File.Exists(Target) && await ChecksumAsync(Target, cancellation).ConfigureAwait(false) == file.Digest)
        {
            meter.StartAt(offset + file.Size);
            return;
        }
        for (long furthest = PartLength; ;)
        {
            try
            {
                await http.RetryAsync(token => AttemptAsync(meter, offset, token), cancellation).ConfigureAwait(false);
                return;
            }
            catch (TransientTransferException) when (PartLength > furthest)
            {
                // New bytes came: a long download over a bad line goes on as long as it gets further.
                furthest = PartLength;
            }
            catch (TransientTransferException e)
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"'{file.Key}' could not be downloaded: {e.Message} {PartLength:N0} of {file.Size:N0} bytes are kept."), e);
            }
        }
    }

    private async Task<bool> AttemptAsync(TransferMeter meter, long offset, CancellationToken cancellation)
    {
        if (PartLength > file.Size)
            File.Delete(_part);
        if (PartLength < file.Size || file.Size == 0)
            await ReceiveAsync(meter, offset, cancellation).ConfigureAwait(false);
        await VerifyAsync(cancellation).ConfigureAwait(false);
        File.Move(_part, Target, overwrite: true);
        return true;
    }

    private async Task ReceiveAsync(TransferMeter meter, long offset, CancellationToken cancellation)
    {
        var address = file.Links.Self!;
        var from = PartLength;
        using var response = await http.GetAsync(address, from, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            File.Delete(_part);
            throw new TransientTransferException($"{address.Host} does not have '{file.Key}' from byte {from} on.");
        }
        if (response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From != from)
        {
            File.Delete(_part);
            throw new TransientTransferException($"{address.Host} sent another part of '{file.Key}' than byte {from} and on.");
        }
        // A server that knows no ranges answers with everything.
        if (response.StatusCode != HttpStatusCode.PartialContent)
            from = 0;
        if (response.Content.Headers.ContentLength is { } length && from + length != file.Size)
            throw new TransientTransferException(string.Create(CultureInfo.InvariantCulture, $"{address.Host} offers {from + length:N0} bytes of '{file.Key}'; the record says {file.Size:N0}."));

        meter.StartAt(offset + from);
        using var part = new FileStream(_part, from == 0 ? FileMode.Create : FileMode.Append, FileAccess.Write, FileShare.Read, 1, FileOptions.Asynchronous);
        using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[1 << 17];
        while (true)
        {
            int count = await http.WatchedAsync(address, token => body.ReadAsync(buffer, token).AsTask(), cancellation).ConfigureAwait(false);
            if (count == 0)
                break;
            from += count;
            if (from > file.Size)
            {
                part.SetLength(0);
                throw new TransientTransferException(string.Create(CultureInfo.InvariantCulture, $"{address.Host} sends more than the {file.Size:N0} bytes that the record gives for '{file.Key}'."));
            }
            await part.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            meter.Moved(file.Key, count);
        }
        if (from < file.Size)
            throw new TransientTransferException(string.Create(CultureInfo.InvariantCulture, $"{address.Host} ended '{file.Key}' after {from:N0} of {file.Size:N0} bytes."));
    }

    private async Task VerifyAsync(CancellationToken cancellation)
    {
        var found = await ChecksumAsync(_part, cancellation).ConfigureAwait(false);
        if (found == file.Digest)
            return;
        File.Delete(_part);
        throw new TransientTransferException($"'{file.Key}' arrived damaged: its checksum is {found}; the record says {file.Digest}.");
    }

    private async Task<FileChecksum> ChecksumAsync(string path, CancellationToken cancellation)
    {
        var meter = new TransferMeter(DownloadPhase.Verifying, report, TimeProvider.System);
        meter.Expect(new FileInfo(path).Length);
        return await file.Digest.OfFileAsync(path, count => meter.Moved(file.Key, count), cancellation).ConfigureAwait(false);
    }
}
