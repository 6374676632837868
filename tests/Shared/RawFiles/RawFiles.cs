using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Lens2Logit.Tests;

/// <summary>Raw images with known pixels, and files of them in the simple formats.</summary>
internal static class RawFiles
{
    /// <summary>Smooth along rows and columns, with some noise, in the range of the given bits.</summary>
    public static ushort[] Codes(int height, int width, int bits, int seed = 1)
    {
        var random = new Random(seed);
        double maximum = (1 << bits) - 1;
        return [.. Enumerable.Range(0, height * width).Select(i =>
            (ushort)Math.Clamp(maximum * (0.5 + 0.4 * Math.Sin(i / width * 0.3) * Math.Cos(i % width * 0.2) + 0.02 * random.NextDouble()), 0, maximum))];
    }

    /// <summary>What a reader makes of codes: DN / (2^bits − 1).</summary>
    public static float[] Values(ushort[] codes, int bits) => Array.ConvertAll(codes, code => code / (float)((1 << bits) - 1));

    /// <summary>A grey PNG of 8 or 16 bits whose rows take the given filters in turn.</summary>
    public static byte[] Png(ushort[] codes, int height, int width, int bits, params byte[] filters)
    {
        int pixelBytes = bits / 8, rowBytes = width * pixelBytes;
        var rows = Enumerable.Range(0, height).Select(y => codes.Skip(y * width).Take(width).SelectMany(c => bits == 16 ? new[] { (byte)(c >> 8), (byte)c } : [(byte)c]).ToArray()).ToArray();
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int y = 0; y < height; y++)
            {
                byte filter = filters.Length == 0 ? (byte)0 : filters[y % filters.Length];
                deflate.WriteByte(filter);
                for (int i = 0; i < rowBytes; i++)
                {
                    int left = i < pixelBytes ? 0 : rows[y][i - pixelBytes], up = y == 0 ? 0 : rows[y - 1][i], corner = i < pixelBytes || y == 0 ? 0 : rows[y - 1][i - pixelBytes];
                    deflate.WriteByte((byte)(rows[y][i] - filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, corner) }));
                }
            }
        }
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = (byte)bits;
        var data = compressed.ToArray();
        // Two data chunks: readers must join them.
        return [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. Chunk("IHDR", header), .. Chunk("tEXt", "made by a test"u8.ToArray()),
            .. Chunk("IDAT", data[..(data.Length / 2)]), .. Chunk("IDAT", data[(data.Length / 2)..]), .. Chunk("IEND", [])];
    }

    /// <summary>A NumPy file: the header of the given type and shape, then the data as it is.</summary>
    public static byte[] Npy(string descr, string shape, byte[] data, byte version = 1, bool fortran = false)
    {
        var header = $"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': ({shape}), }}".PadRight(117) + "\n";
        byte[] length = version == 1 ? [(byte)header.Length, (byte)(header.Length >> 8)] : [(byte)header.Length, (byte)(header.Length >> 8), 0, 0];
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. data];
    }

    /// <summary>Samples of one or two bytes.</summary>
    public static byte[] Samples(ushort[] codes, int bytes, bool isBigEndian = false) =>
        [.. codes.SelectMany(c => bytes == 1 ? new[] { (byte)c } : isBigEndian ? [(byte)(c >> 8), (byte)c] : [(byte)c, (byte)(c >> 8)])];

    private static int Paeth(int left, int up, int corner) => new[] { left, up, corner }.MinBy(v => Math.Abs(left + up - corner - v));

    private static byte[] Chunk(string kind, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(kind), .. data];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        // Checksums of chunks are not read: the compressed data has its own.
        return [.. number, .. body, .. new byte[4]];
    }
}
