using System.Buffers.Binary;
using System.Text;

namespace Lens2Logit.Tests;

/// <summary>Writes TIFF files tag by tag, right or wrong as a test needs them: uncompressed, or with segments that are compressed already.</summary>
/// <remarks>
/// Tags are given by number, as in TIFF 6.0: 254 NewSubfileType, 256 ImageWidth, 257 ImageLength, 258 BitsPerSample, 259 Compression,
/// 262 PhotometricInterpretation, 273 StripOffsets, 277 SamplesPerPixel, 278 RowsPerStrip, 279 StripByteCounts, 322 TileWidth, 323 TileLength,
/// 324 TileOffsets, 325 TileByteCounts, 330 SubIFDs; TIFF/EP: 33421 CFARepeatPatternDim, 33422 CFAPattern; DNG: 50706 DNGVersion,
/// 50708 UniqueCameraModel, 50713 BlackLevelRepeatDim, 50714 BlackLevel, 50717 WhiteLevel, 50721 ColorMatrix1, 50728 AsShotNeutral,
/// 50778 CalibrationIlluminant1.
/// </remarks>
internal sealed class TiffBuilder(bool isBigEndian = false)
{
    private const ushort Byte = 1, Ascii = 2, Short = 3, Long = 4, SRational = 10, Double = 12;
    private const int RationalDenominator = 1_000_000;

    private readonly SortedDictionary<ushort, (ushort Type, int Count, byte[] Bytes)> _tags = [];
    private readonly List<byte[]> _segments = [];
    private TiffBuilder? _subDirectory;
    private bool _isTiled;

    /// <summary>A grey or mosaic image of unsigned integers: 8 or 16 bits per sample, or packed high bit first.</summary>
    public static TiffBuilder Image(ushort[] codes, int height, int width, int bits, bool isBigEndian = false, int rowsPerStrip = int.MaxValue)
    {
        var builder = new TiffBuilder(isBigEndian).Size(height, width, bits).Longs(278, (uint)Math.Min(rowsPerStrip, height));
        for (int row = 0; row < height; row += Math.Min(rowsPerStrip, height))
        {
            int rows = Math.Min(rowsPerStrip, height - row);
            builder.Segment([.. Enumerable.Range(row, rows).SelectMany(y => Pack(codes.AsSpan(y * width, width), bits, isBigEndian))]);
        }
        return builder;
    }

    /// <summary>An uncompressed DNG with a Bayer pattern (0 red, 1 green, 2 blue), one strip, and a camera that sees linear sRGB under D65.</summary>
    public static TiffBuilder Dng(ushort[] codes, int height, int width, int bits, byte[] cfa, bool isBigEndian = false) =>
        Image(codes, height, width, bits, isBigEndian).Mosaic(cfa).Camera();

    public TiffBuilder Size(int height, int width, int bits) => Longs(256, (uint)width).Longs(257, (uint)height).Shorts(258, (ushort)bits).Shorts(259, 1).Shorts(262, 1).Shorts(277, 1);

    public TiffBuilder Mosaic(byte[] cfa) => Longs(254, 0).Shorts(262, 32803).Shorts(33421, 2, 2).Bytes(33422, cfa);

    public TiffBuilder Camera() => Bytes(50706, 1, 4, 0, 0).Text(50708, "Test camera").Rationals(50721, XyzToSrgb).Rationals(50728, 1, 1, 1).Shorts(50778, 21);

    /// <summary>From XYZ to linear sRGB (IEC 61966-2-1).</summary>
    public static double[] XyzToSrgb { get; } = [3.2404542, -1.5371385, -0.4985314, -0.9692660, 1.8760108, 0.0415560, 0.0556434, -0.2040259, 1.0572252];

    public TiffBuilder Bytes(ushort tag, params byte[] values) => Put(tag, Byte, values.Length, values);

    public TiffBuilder Text(ushort tag, string text) => Put(tag, Ascii, text.Length + 1, [.. Encoding.ASCII.GetBytes(text), 0]);

    public TiffBuilder Shorts(ushort tag, params ushort[] values) => Put(tag, Short, values.Length, [.. values.SelectMany(UInt16)]);

    public TiffBuilder Longs(ushort tag, params uint[] values) => Put(tag, Long, values.Length, [.. values.SelectMany(UInt32)]);

    public TiffBuilder Rationals(ushort tag, params double[] values) =>
        Put(tag, SRational, values.Length, [.. values.SelectMany(v => (byte[])[.. UInt32((uint)(int)Math.Round(v * RationalDenominator)), .. UInt32(RationalDenominator)])]);

    public TiffBuilder Doubles(ushort tag, params double[] values) => Put(tag, Double, values.Length, [.. values.SelectMany(v => UInt64(BitConverter.DoubleToUInt64Bits(v)))]);

    public TiffBuilder Without(ushort tag)
    {
        _tags.Remove(tag);
        return this;
    }

    /// <summary>Adds a strip, or a tile once <see cref="Tiles"/> was called.</summary>
    public TiffBuilder Segment(byte[] stored)
    {
        _segments.Add(stored);
        return this;
    }

    public TiffBuilder Tiles(int height, int width)
    {
        _isTiled = true;
        return Without(278).Longs(322, (uint)width).Longs(323, (uint)height);
    }

    /// <summary>Puts another directory below this one.</summary>
    public TiffBuilder SubDirectory(TiffBuilder directory)
    {
        _subDirectory = directory;
        return this;
    }

    public byte[] Build()
    {
        var file = new List<byte>([.. isBigEndian ? "MM"u8 : "II"u8, .. UInt16(42), 0, 0, 0, 0]);
        uint offset = Write(file);
        UInt32(offset).CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(file)[4..]);
        return [.. file];
    }

    private static byte[] Pack(ReadOnlySpan<ushort> codes, int bits, bool isBigEndian)
    {
        var bytes = new byte[(codes.Length * bits + 7) / 8];
        for (int i = 0; i < codes.Length; i++)
        {
            if (bits == 16)
            {
                (bytes[2 * i], bytes[2 * i + 1]) = isBigEndian ? ((byte)(codes[i] >> 8), (byte)codes[i]) : ((byte)codes[i], (byte)(codes[i] >> 8));
                continue;
            }
            for (int bit = 0; bit < bits; bit++)
            {
                int place = i * bits + bit;
                bytes[place / 8] |= (byte)((codes[i] >> (bits - 1 - bit) & 1) << (7 - place % 8));
            }
        }
        return bytes;
    }

    private uint Write(List<byte> file)
    {
        if (_subDirectory is not null)
            Longs(330, _subDirectory.Write(file));
        if (_segments.Count > 0)
        {
            var offsets = new List<uint>();
            foreach (var segment in _segments)
            {
                Align(file);
                offsets.Add((uint)file.Count);
                file.AddRange(segment);
            }
            Longs((ushort)(_isTiled ? 324 : 273), [.. offsets]).Longs((ushort)(_isTiled ? 325 : 279), [.. _segments.Select(s => (uint)s.Length)]);
        }
        Align(file);
        uint start = (uint)file.Count, values = start + 2 + 12 * (uint)_tags.Count + 4;
        var behind = new List<byte>();
        file.AddRange(UInt16((ushort)_tags.Count));
        foreach (var (tag, (type, count, bytes)) in _tags)
        {
            file.AddRange([.. UInt16(tag), .. UInt16(type), .. UInt32((uint)count)]);
            file.AddRange(bytes.Length <= 4 ? [.. bytes, .. new byte[4 - bytes.Length]] : UInt32(values + (uint)behind.Count));
            if (bytes.Length <= 4)
                continue;
            behind.AddRange(bytes);
            Align(behind);
        }
        file.AddRange(UInt32(0));
        file.AddRange(behind);
        return start;
    }

    private static void Align(List<byte> file)
    {
        if ((file.Count & 1) != 0)
            file.Add(0);
    }

    private TiffBuilder Put(ushort tag, ushort type, int count, byte[] bytes)
    {
        _tags[tag] = (type, count, bytes);
        return this;
    }

    private byte[] UInt16(ushort value)
    {
        var bytes = new byte[2];
        if (isBigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }

    private byte[] UInt32(uint value) => isBigEndian ? [.. UInt16((ushort)(value >> 16)), .. UInt16((ushort)value)] : [.. UInt16((ushort)value), .. UInt16((ushort)(value >> 16))];

    private byte[] UInt64(ulong value) => isBigEndian ? [.. UInt32((uint)(value >> 32)), .. UInt32((uint)value)] : [.. UInt32((uint)value), .. UInt32((uint)(value >> 32))];
}
