using System.Globalization;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Data;
using Lens2Logit.MLNet.Data.Download;
using Lens2Logit.MLNet.Interop;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Published data sets.</summary>
public static class Lens2LogitDatasetCatalog
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Raw-Microscopy from a folder in its published layout: columns <c>Path</c> (relative to the folder, for <c>LoadRawImages</c>), <c>Name</c>,
    /// <c>Label</c> (a code of <see cref="RawMicroscopy.Classes"/>) and <c>Frame</c> (text), <c>Intensity</c> (Single). Rows come in the order of the published
    /// labels. Develop the images with <see cref="CameraParameters.RawMicroscopy"/>.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="folder">The folder that holds <c>images</c> and <c>labels</c>, or one up to three levels above it; <see cref="DownloadRawMicroscopy"/> returns it.</param>
    /// <param name="options">Intensities and classes; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has another layout, labels cannot be used, or files are missing and the options say to throw.</exception>
    public static IDataView LoadRawMicroscopy(this DataOperationsCatalog catalog, string folder, RawMicroscopyOptions? options = null) =>
        Load(catalog, folder, channel => RawMicroscopy.Find(folder, options ?? new(), channel));

    /// <summary>
    /// Raw-Drone from a folder in its published layout: columns <c>Path</c> and <c>MaskPath</c> (relative to the folder), <c>Name</c>, <c>Label</c>
    /// (<c>car</c> or <c>no car</c>) and <c>Frame</c> (text), <c>Intensity</c> (Single). Rows come in the order of the published files. Where tiles
    /// are not there but full frames are, the tiles are cut first and written to where the layout has them. Develop them with
    /// <see cref="CameraParameters.RawDrone"/>.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="folder">The folder that holds <c>images_tiles_256</c> or <c>images_full</c>, or one up to three levels above it; <see cref="DownloadRawDrone"/> returns it.</param>
    /// <param name="options">Task and intensities; null for segmentation at full intensity.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has another layout, frames and masks do not fit, or files are missing and the options say to throw.</exception>
    public static IDataView LoadRawDrone(this DataOperationsCatalog catalog, string folder, RawDroneOptions? options = null) =>
        Load(catalog, folder, channel => RawDrone.Find(folder, options ?? new(), channel));

    /// <summary>
    /// The peripheral blood cell images of Acevedo et al. (2020) from a folder: columns <c>Path</c> (relative, for <c>LoadImages</c>), <c>Label</c>
    /// (a name of <see cref="AcevedoBloodCells.Classes"/>), <c>Subtype</c> and <c>Split</c> (text). They are sRGB images: start with <c>LoadImages</c>
    /// and <c>ResizeImages</c>, go back to light with <c>UnprocessImage</c>, and photograph them with <c>SimulateMeasurement</c>.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="folder">The folder that holds one subfolder a class, or a <c>labels.csv</c>, or a folder up to three levels above it.</param>
    /// <param name="unreadable">What to do with files that are no readable image: leave them out with a warning that names them, or throw.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has another layout, or images cannot be read and <paramref name="unreadable"/> says to throw.</exception>
    public static IDataView LoadAcevedoBloodCells(this DataOperationsCatalog catalog, string folder, UnreadableImages unreadable = UnreadableImages.Skip) =>
        Load(catalog, folder, channel => AcevedoBloodCells.Find(folder, unreadable, channel));

    /// <summary>
    /// Downloads Raw-Microscopy once, checks it against the lengths and checksums of its Zenodo record, extracts it, and returns its folder. A
    /// download that was stopped goes on where it stood; of two processes that start at once, one downloads and the other waits.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="options">Where to keep it, and how patiently; null for the defaults.</param>
    /// <param name="progress">Told some times a second how far it is; messages go to the context's log every ten seconds in any case.</param>
    /// <param name="cancellation">Stops; what has arrived is kept.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="IOException">It could not be downloaded; the message says why and what to do.</exception>
    /// <exception cref="InvalidDataException">The record holds something else, or something that is not safe to extract.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static string DownloadRawMicroscopy(this DataOperationsCatalog catalog, DatasetDownloadOptions? options = null,
        IProgress<DatasetDownloadProgress>? progress = null, CancellationToken cancellation = default) => Download(catalog, RawMicroscopy.Dataset, options, progress, cancellation);

    /// <summary>Downloads Raw-Drone, as <see cref="DownloadRawMicroscopy"/> does Raw-Microscopy.</summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="options">Where to keep it, and how patiently; null for the defaults.</param>
    /// <param name="progress">Told some times a second how far it is; messages go to the context's log every ten seconds in any case.</param>
    /// <param name="cancellation">Stops; what has arrived is kept.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="IOException">It could not be downloaded; the message says why and what to do.</exception>
    /// <exception cref="InvalidDataException">The record holds something else, or something that is not safe to extract.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static string DownloadRawDrone(this DataOperationsCatalog catalog, DatasetDownloadOptions? options = null,
        IProgress<DatasetDownloadProgress>? progress = null, CancellationToken cancellation = default) => Download(catalog, RawDrone.Dataset, options, progress, cancellation);

    private static IDataView Load<T>(DataOperationsCatalog catalog, string folder, Func<IChannel, List<T>> find) where T : class
    {
        var host = MLEnvironment.Of(catalog).Register("LoadDataset");
        ArgumentException.ThrowIfNullOrEmpty(folder);
        using var channel = host.Start("Load");
        return catalog.LoadFromEnumerable(find(channel));
    }

    private static string Download(DataOperationsCatalog catalog, PublishedDataset dataset, DatasetDownloadOptions? options, IProgress<DatasetDownloadProgress>? progress,
        CancellationToken cancellation)
    {
        var host = MLEnvironment.Of(catalog).Register("DownloadDataset");
        options ??= new();
        options.Validate();
        using var channel = host.Start("Download");
        long logged = TimeProvider.System.GetTimestamp();
        var download = new DatasetDownload(dataset, options, text => channel.Info(text), text => channel.Warning(text), state =>
        {
            progress?.Report(state);
            if (TimeProvider.System.GetElapsedTime(logged) < LogInterval)
                return;
            logged = TimeProvider.System.GetTimestamp();
            channel.Info(string.Create(CultureInfo.InvariantCulture, $"{state}"));
        });
        return download.RunAsync(cancellation).GetAwaiter().GetResult();
    }
}
