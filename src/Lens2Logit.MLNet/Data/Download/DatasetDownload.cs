using System.Globalization;
using Lens2Logit.IO;

namespace Lens2Logit.MLNet.Data.Download;

/// <summary>
/// Brings a data set of a Zenodo record to this machine once. Files, lengths and checksums are read from the record; a folder appears under its
/// final name only when everything in it is verified and extracted.
/// </summary>
internal sealed class DatasetDownload(PublishedDataset dataset, DatasetDownloadOptions options, Action<string> inform, Action<string> warn, Action<DatasetDownloadProgress> report)
{
    private const int MaximumRecordBytes = 16 << 20;

    /// <returns>The folder that holds the data set.</returns>
    /// <exception cref="IOException">It could not be downloaded; the message says why and what to do.</exception>
    /// <exception cref="InvalidDataException">What the record holds is not this data set, or is not safe to extract.</exception>
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        var cache = Path.GetFullPath(options.Folder ?? DefaultFolder());
        var final = Path.Combine(cache, dataset.FolderName);
        if (Directory.Exists(final))
            return dataset.Locate(final);
        Directory.CreateDirectory(cache);
        using var held = await InterProcessLock.AcquireAsync(final + ".lock", () => inform($"Another process is downloading {dataset.Name} to '{cache}'; waiting for it."), cancellation).ConfigureAwait(false);
        // The other process may have finished it meanwhile.
        if (Directory.Exists(final))
            return dataset.Locate(final);

        var work = Directory.CreateDirectory(final + ".download").FullName;
        var archives = await DownloadAsync(work, cancellation).ConfigureAwait(false);
        var staging = Path.Combine(work, "extracted");
        // Left over from a run that was stopped: its archives were complete, its extraction was not.
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: true);
        Extract(archives, staging, cancellation);
        dataset.Locate(staging);
        Directory.Move(staging, final);
        if (!options.KeepArchives)
            Directory.Delete(work, recursive: true);
        var folder = dataset.Locate(final);
        inform($"{dataset.Name} is in '{folder}'.");
        return folder;
    }

    /// <summary>The folder of <see cref="DatasetDownloadOptions.FolderVariable"/>, or one in the user's data directory.</summary>
    internal static string DefaultFolder()
    {
        if (Environment.GetEnvironmentVariable(DatasetDownloadOptions.FolderVariable) is { Length: > 0 } named)
            return named;
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (data.Length == 0)
            throw new DirectoryNotFoundException($"This user has no data directory. Set {DatasetDownloadOptions.FolderVariable} or {nameof(DatasetDownloadOptions)}.{nameof(DatasetDownloadOptions.Folder)}.");
        return Path.Combine(data, "Lens2Logit", "datasets");
    }

    private async Task<IReadOnlyList<string>> DownloadAsync(string work, CancellationToken cancellation)
    {
        using var http = new HttpTransfer(options, warn);
        try
        {
            var record = await ReadRecordAsync(http, cancellation).ConfigureAwait(false);
            // Only what clearly belongs to another data set is left out: labels or a read-me may stand alone.
            var mine = record.Files.Where(f => !dataset.WordsOfOthers.Any(w => f.Key.Contains(w, StringComparison.OrdinalIgnoreCase))).ToList();
            var transfers = mine.Select(f => (File: f, Transfer: new FileTransfer(http, f, work, report))).ToList();
            var total = mine.Sum(f => f.Size);
            var present = transfers.Sum(t => t.Transfer.BytesPresent);
            DiskSpace.Require(work, total - present, $"download {dataset.Name}");
            inform(string.Create(CultureInfo.InvariantCulture,
                $"Downloading {dataset.Name} from {options.Server.Host}, record {options.Record}: {mine.Count} of {record.Files.Count} files, {total:N0} bytes, of which {present:N0} are here."));

            var meter = new TransferMeter(DownloadPhase.Downloading, report, TimeProvider.System);
            meter.Expect(total);
            long offset = 0;
            foreach (var (file, transfer) in transfers)
            {
                await transfer.DownloadAsync(meter, offset, cancellation).ConfigureAwait(false);
                offset += file.Size;
                meter.Report(file.Key);
            }
            return [.. transfers.Select(t => t.Transfer.Target)];
        }
        catch (IOException e)
        {
            throw new IOException($"{dataset.Name} could not be downloaded to '{work}'. {e.Message} Start again to go on from there; or download the record " +
                $"{new Uri(options.Server, $"records/{options.Record}")} by other means, extract it, and load the data set from that folder.", e);
        }
    }

    private async Task<ZenodoRecord> ReadRecordAsync(HttpTransfer http, CancellationToken cancellation)
    {
        var address = new Uri(options.Server, $"api/records/{options.Record}");
        return await http.RetryAsync(async token =>
        {
            using var response = await http.GetAsync(address, from: 0, token).ConfigureAwait(false);
            await http.WatchedAsync(address, async watched =>
            {
                await response.Content.LoadIntoBufferAsync(MaximumRecordBytes, watched).ConfigureAwait(false);
                return true;
            }, token).ConfigureAwait(false);
            return ZenodoRecord.Parse(await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false), address);
        }, cancellation).ConfigureAwait(false);
    }

    private void Extract(IReadOnlyList<string> files, string staging, CancellationToken cancellation)
    {
        Directory.CreateDirectory(staging);
        var meter = new TransferMeter(DownloadPhase.Extracting, report, TimeProvider.System);
        var extraction = new ArchiveExtraction(staging, options.Limits, meter, cancellation);
        foreach (var file in files)
        {
            if (ArchiveExtraction.IsArchive(file))
                extraction.Extract(file);
            else
                File.Copy(file, Path.Combine(staging, Path.GetFileName(file)));
            meter.Report(Path.GetFileName(file));
        }
    }
}
