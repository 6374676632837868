using Lens2Logit.IO;
using Lens2Logit.MLNet.Data;
using Lens2Logit.MLNet.Interop;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Data sets of images.</summary>
public static class Lens2LogitDataCatalog
{
    /// <summary>
    /// The built-in data set: a procedural blood smear with five classes of leukocytes. Columns: <c>Scene</c> (linear RGB [3, H, W]),
    /// <c>Label</c> and <c>Name</c> (text). Images are rendered when they are read.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="options">Count, size, seed and variation; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    public static IDataView LoadSyntheticSmear(this DataOperationsCatalog catalog, SyntheticSmearOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var smear = new SyntheticSmear(options ?? new());
        var schema = SchemaDefinition.Create(typeof(SyntheticSmearImage));
        schema[nameof(SyntheticSmearImage.Scene)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, smear.Size, smear.Size);
        return catalog.LoadFromEnumerable(Render(smear), schema);
    }

    /// <summary>
    /// The built-in data set for segmentation: the images of <see cref="LoadSyntheticSmear"/> as columns <c>Scene</c> (linear RGB [3, H, W]), <c>Mask</c>
    /// (the nucleus of the leukocyte, [H, W], 0 and 1) and <c>Name</c> (text). They are rendered when they are read.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="options">Count, size, seed and variation; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    public static IDataView LoadSegmentedSmear(this DataOperationsCatalog catalog, SyntheticSmearOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var smear = new SyntheticSmear(options ?? new());
        var schema = SchemaDefinition.Create(typeof(SegmentedSmearImage));
        schema[nameof(SegmentedSmearImage.Scene)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, smear.Size, smear.Size);
        schema[nameof(SegmentedSmearImage.Mask)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, smear.Size, smear.Size);
        return catalog.LoadFromEnumerable(RenderSegmented(smear), schema);
    }

    /// <summary>
    /// Labelled images of a folder, as columns <c>Path</c> (relative), <c>Label</c> and <c>Split</c> (text), to be read by <c>LoadImages</c>.
    /// Labels come from a file <c>labels.csv</c> with the columns path, label and split, or else from the names of the subfolders.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="unreadable">What to do with files that are no readable image: leave them out with a warning that names them, or throw.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">There is no labelled image, <c>labels.csv</c> cannot be used, or images cannot be read and <paramref name="unreadable"/> says to throw.</exception>
    public static IDataView LoadImageFolder(this DataOperationsCatalog catalog, string folder, UnreadableImages unreadable = UnreadableImages.Skip)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var host = MLEnvironment.Of(catalog).Register(nameof(LoadImageFolder));
        using var channel = host.Start("Load");
        return catalog.LoadFromEnumerable(ImageFolder.Find(folder, unreadable, channel));
    }

    /// <summary>
    /// Raw images of a folder, as columns <c>Path</c> (relative), <c>Label</c>, <c>Split</c> and <c>MaskPath</c> (text), to be read by
    /// <c>LoadRawImages</c>. Labels come from a file <c>labels.csv</c> with the columns path, label and split, or else from the names of the
    /// subfolders; images in the folder itself, where there are no others, have none.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="folder">The folder. Every image is read once.</param>
    /// <param name="unreadable">What to do with files that are no readable raw image, or lack their mask: leave them out with a warning that names them, or throw.</param>
    /// <param name="maskFolder">
    /// A folder with the mask of every image, of the same size and name but for the extension, grey TIFF, PNG or NPY; null for none.
    /// <c>MaskPath</c> is relative to it.
    /// </param>
    /// <param name="reading">What files do not say themselves, as for <c>LoadRawImages</c>; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">There is no image, <c>labels.csv</c> cannot be used, or images cannot be read and <paramref name="unreadable"/> says to throw.</exception>
    public static IDataView LoadRawImageFolder(this DataOperationsCatalog catalog, string folder, UnreadableImages unreadable = UnreadableImages.Skip,
        string? maskFolder = null, RawReadOptions? reading = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var host = MLEnvironment.Of(catalog).Register(nameof(LoadRawImageFolder));
        using var channel = host.Start("Load");
        return catalog.LoadFromEnumerable(RawImageFolder.Find(folder, maskFolder, reading ?? new(), unreadable, channel));
    }

    private static IEnumerable<SyntheticSmearImage> Render(SyntheticSmear smear)
    {
        for (int i = 0; i < smear.Count; i++)
        {
            var image = new SyntheticSmearImage { Scene = new float[3 * smear.Size * smear.Size], Label = smear.Classes[smear.ClassOf(i)], Name = smear.NameOf(i) };
            smear.Render(i, image.Scene);
            yield return image;
        }
    }

    private static IEnumerable<SegmentedSmearImage> RenderSegmented(SyntheticSmear smear)
    {
        for (int i = 0; i < smear.Count; i++)
        {
            var image = new SegmentedSmearImage { Scene = new float[3 * smear.Size * smear.Size], Mask = new float[smear.Size * smear.Size], Name = smear.NameOf(i) };
            smear.Render(i, image.Scene);
            smear.RenderNucleus(i, image.Mask);
            yield return image;
        }
    }
}
