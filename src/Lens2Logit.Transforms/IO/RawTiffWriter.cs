using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using LibTiff = BitMiracle.LibTiff.Classic.Tiff;

namespace Lens2Logit.IO;

/// <summary>Writes raw images as TIFF files of 16 bit: one grey sample a pixel, uncompressed, as the published raw data sets have them.</summary>
public static class RawTiffWriter
{
    /// <summary>Writes an image.</summary>
    /// <param name="path">The file; it is overwritten.</param>
    /// <param name="values">The mosaic [H, W] as digital numbers of 16 bit, row by row.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <exception cref="ArgumentException">A side is not positive, or there are not height × width values.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<ushort> values, int height, int width)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (values.Length != (long)height * width)
            throw new ArgumentException($"There are {values.Length} values; a [{height}, {width}] image has {(long)height * width}.", nameof(values));

        using var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
        using var tiff = LibTiff.ClientOpen(path, "w", file, new TiffStream()) ?? throw new IOException($"'{path}' could not be written.");
        tiff.SetField(TiffTag.IMAGEWIDTH, width);
        tiff.SetField(TiffTag.IMAGELENGTH, height);
        tiff.SetField(TiffTag.BITSPERSAMPLE, 16);
        tiff.SetField(TiffTag.SAMPLESPERPIXEL, 1);
        tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.MINISBLACK);
        tiff.SetField(TiffTag.COMPRESSION, Compression.NONE);
        tiff.SetField(TiffTag.ROWSPERSTRIP, height);
        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        if (tiff.WriteEncodedStrip(0, bytes, bytes.Length) != bytes.Length || !tiff.WriteDirectory())
            throw new IOException($"'{path}' could not be written.");
    }
}
