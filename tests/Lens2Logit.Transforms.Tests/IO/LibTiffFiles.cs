using BitMiracle.LibTiff.Classic;

namespace Lens2Logit.Tests.IO;

/// <summary>TIFF files written by LibTiff, in all the ways in which pixels can be stored.</summary>
internal static class LibTiffFiles
{
    public static byte[] Write(byte[] rows, int height, int width, int bits, SampleFormat kind, Compression compression, bool isTiled, bool isBigEndian, Predictor predictor = Predictor.NONE)
    {
        using var stream = new MemoryStream();
        using (var tiff = Tiff.ClientOpen("test", isBigEndian ? "wb" : "wl", stream, new TiffStream()))
        {
            tiff.SetField(TiffTag.IMAGEWIDTH, width);
            tiff.SetField(TiffTag.IMAGELENGTH, height);
            tiff.SetField(TiffTag.BITSPERSAMPLE, bits);
            tiff.SetField(TiffTag.SAMPLESPERPIXEL, 1);
            tiff.SetField(TiffTag.SAMPLEFORMAT, kind);
            tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.MINISBLACK);
            tiff.SetField(TiffTag.PLANARCONFIG, PlanarConfig.CONTIG);
            tiff.SetField(TiffTag.COMPRESSION, compression);
            if (predictor != Predictor.NONE)
                tiff.SetField(TiffTag.PREDICTOR, predictor);
            if (isTiled)
                WriteTiles(tiff, rows, height, width, bits / 8);
            else
                WriteStrips(tiff, rows, height, width * bits / 8);
        }
        return stream.ToArray();
    }

    // LibTiff changes what it is given to write.
    private static void WriteStrips(Tiff tiff, byte[] rows, int height, int rowBytes)
    {
        int rowsPerStrip = Math.Max(5, height / 10);
        tiff.SetField(TiffTag.ROWSPERSTRIP, rowsPerStrip);
        for (int row = 0; row < height; row += rowsPerStrip)
        {
            int count = Math.Min(rowsPerStrip, height - row) * rowBytes;
            tiff.WriteEncodedStrip(row / rowsPerStrip, rows.AsSpan(row * rowBytes, count).ToArray(), count);
        }
    }

    private static void WriteTiles(Tiff tiff, byte[] rows, int height, int width, int pixelBytes)
    {
        int size = Math.Max(16, height / 80 * 16);
        tiff.SetField(TiffTag.TILEWIDTH, size);
        tiff.SetField(TiffTag.TILELENGTH, size);
        for (int top = 0; top < height; top += size)
        {
            for (int left = 0; left < width; left += size)
            {
                var tile = new byte[size * size * pixelBytes];
                for (int y = 0; y < Math.Min(size, height - top); y++)
                    rows.AsSpan(((top + y) * width + left) * pixelBytes, Math.Min(size, width - left) * pixelBytes).CopyTo(tile.AsSpan(y * size * pixelBytes));
                tiff.WriteEncodedTile(tiff.ComputeTile(left, top, 0, 0), tile, tile.Length);
            }
        }
    }
}
