using Lens2Logit.IO;

namespace Lens2Logit.MLNet.Data.Tiling;

/// <summary>Cuts raw frames and their masks into square tiles that do not overlap.</summary>
public static class FrameTiling
{
    private static readonly string[] Extensions = [".dng", ".tif", ".tiff", ".png"];

    // A mask belongs to the frame as the sensor saw it.
    private static readonly RawReadOptions Unturned = new() { ApplyOrientation = false };

    /// <summary>
    /// Cuts all frames of a folder. Tiles are written as TIFF files of 16 bit, their masks as PNG files of the same name. The target folders appear
    /// when everything in them is written; one that is there already stays as it is.
    /// </summary>
    /// <param name="framesFolder">Raw frames: DNG, TIFF or PNG files.</param>
    /// <param name="masksFolder">One mask for each frame, in the same order by name, whose name contains the frame's; above 0 where an object is.</param>
    /// <param name="tilesFolder">Where the tiles go.</param>
    /// <param name="tileMasksFolder">Where their masks go.</param>
    /// <param name="options">Size and selection; null for the defaults.</param>
    /// <returns>The tiles, frame by frame.</returns>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="InvalidDataException">Frames and masks do not belong together, or one cannot be read; the message names the file.</exception>
    public static IReadOnlyList<FrameTile> Write(string framesFolder, string masksFolder, string tilesFolder, string tileMasksFolder, FrameTilingOptions? options = null) =>
        Write(framesFolder, masksFolder, tilesFolder, tileMasksFolder, options ?? new(), static _ => { });

    /// <summary>Likewise. Whoever sees the folder of tiles takes all for complete: it appears last.</summary>
    /// <param name="framesFolder">Raw frames.</param>
    /// <param name="masksFolder">One mask for each frame.</param>
    /// <param name="tilesFolder">Where the tiles go.</param>
    /// <param name="tileMasksFolder">Where their masks go.</param>
    /// <param name="options">Size and selection.</param>
    /// <param name="writeMore">Writes what else belongs to the tiles.</param>
    internal static IReadOnlyList<FrameTile> Write(string framesFolder, string masksFolder, string tilesFolder, string tileMasksFolder, FrameTilingOptions options,
        Action<IReadOnlyList<FrameTile>> writeMore)
    {
        options.Validate();
        using var tiles = new FolderInMaking(tilesFolder);
        using var masks = new FolderInMaking(tileMasksFolder);
        var written = new List<FrameTile>();
        foreach (var (index, (frame, mask)) in Pairs(framesFolder, masksFolder).Index())
            written.AddRange(Cut(index, frame, mask, tiles.Path, masks.Path, options));
        writeMore(written);
        masks.Complete();
        tiles.Complete();
        return written;
    }

    private static List<FrameTile> Cut(int index, string framePath, string maskPath, string tilesFolder, string masksFolder, FrameTilingOptions options)
    {
        int size = options.TileSize;
        var frame = RawImageReader.Read(framePath, Unturned);
        var mask = MaskImage.Read(maskPath);
        if ((mask.Height, mask.Width) != (frame.Height, frame.Width))
            throw new InvalidDataException($"The mask '{maskPath}' has {mask.Height}×{mask.Width} pixels, its frame '{framePath}' {frame.Height}×{frame.Width}.");
        if (frame.Height < size || frame.Width < size)
            throw new InvalidDataException($"'{framePath}' has {frame.Height}×{frame.Width} pixels, less than one tile of {size}×{size}.");

        var places = (from row in Enumerable.Range(0, frame.Height / size) from column in Enumerable.Range(0, frame.Width / size) select (Top: row * size, Left: column * size)).ToList();
        double[] coverage = [.. places.Select(p => mask.Part(p.Top, p.Left, size).Average(marked => marked ? 1.0 : 0))];
        var tiles = new List<FrameTile>();
        foreach (int i in TileChoice.Of(coverage, options))
        {
            var tile = new FrameTile { Name = FormattableString.Invariant($"{index:00}_{tiles.Count:00000}"), Top = places[i].Top, Left = places[i].Left, Coverage = coverage[i] };
            RawTiffWriter.Write(Path.Combine(tilesFolder, tile.Name + ".tif"), DigitalNumbers(frame, tile, size), size, size);
            MaskImage.Write(Path.Combine(masksFolder, tile.Name + ".png"), mask.Part(tile.Top, tile.Left, size), size);
            tiles.Add(tile);
        }
        return tiles;
    }

    private static ushort[] DigitalNumbers(RawImage frame, FrameTile tile, int size)
    {
        var numbers = new ushort[size * size];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = (ushort)MathF.Round(ushort.MaxValue * Math.Clamp(frame.Values[(tile.Top + i / size) * frame.Width + tile.Left + i % size], 0, 1));
        return numbers;
    }

    private static IEnumerable<(string Frame, string Mask)> Pairs(string framesFolder, string masksFolder)
    {
        string[] frames = Images(framesFolder), masks = Images(masksFolder);
        if (frames.Length == 0 || frames.Length != masks.Length)
            throw new InvalidDataException($"'{framesFolder}' has {frames.Length} frames and '{masksFolder}' {masks.Length} masks; expected one mask for each frame.");
        foreach (var (frame, mask) in frames.Zip(masks))
        {
            if (!Path.GetFileName(mask).Contains(Path.GetFileNameWithoutExtension(frame), StringComparison.Ordinal))
                throw new InvalidDataException($"By the order of their names '{mask}' is the mask of '{frame}', but its name does not contain the frame's. A file may be missing.");
        }
        return frames.Zip(masks);
    }

    private static string[] Images(string folder) => Directory.Exists(folder)
        ? [.. ImageFolder.Images(folder, Extensions)]
        : throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
}
