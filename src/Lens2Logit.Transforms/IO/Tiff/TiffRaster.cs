using System.Globalization;

namespace Lens2Logit.IO.Tiff;

/// <summary>Where and how the pixels of a TIFF image are stored; checked against the file's length before anything is allocated for them.</summary>
internal sealed class TiffRaster
{
    // What one stored byte can at most become: Deflate's limit is 1032 (RFC 1951), that of LZW codes lies near 1400 bytes of text per
    // byte, PackBits makes 128 bytes of 2, and lossless JPEG needs at least one bit for a sample of at most 2 bytes.
    private const int DeflateExpansion = 1032, LzwExpansion = 1500, PackBitsExpansion = 64, JpegExpansion = 16;

    // A tile may be larger than a small image, by no more pixels than this.
    private const int LargestPadding = 1 << 20;

    private readonly uint[] _offsets;
    private readonly uint[]? _counts;

    /// <exception cref="InvalidDataException">Something is missing, unknown, or cannot be true; the message says what.</exception>
    public TiffRaster(ByteSource source, TiffDirectory directory)
    {
        Source = source;
        Width = Dimension(directory, TiffTag.ImageWidth);
        Height = Dimension(directory, TiffTag.ImageLength);
        RawFile.RequireSize(Height, Width);
        uint samples = directory.Unsigned(TiffTag.SamplesPerPixel) ?? 1;
        if (samples != 1)
            throw new InvalidDataException($"it has {samples} samples per pixel; a raw image has one. Developed images are read by LoadImages.");
        if (directory.Unsigned(TiffTag.FillOrder) is { } order and not 1)
            throw new InvalidDataException($"its FillOrder is {order}; expected 1.");
        Format = ReadFormat(directory);
        Compression = directory.Unsigned(TiffTag.Compression) ?? TiffCompression.None;
        Predictor = Compression is TiffCompression.Lzw or TiffCompression.AdobeDeflate or TiffCompression.Deflate ? directory.Unsigned(TiffTag.Predictor) ?? 1 : 1;
        // The codec differentiates whole bytes only; rows of other depths, and floats by halves, exist on paper.
        bool predicts = Predictor switch { 1 => true, 2 => Format.Bits is 8 or 16 or 32 && !Format.IsFloat || Format.Bits == 32, 3 => Format.IsFloat, _ => false };
        if (!predicts)
            throw new InvalidDataException($"its Predictor is {Predictor}, which does not go with samples of {Format.Bits} bits.");

        IsTiled = directory.Has(TiffTag.TileWidth);
        SegmentWidth = IsTiled ? Dimension(directory, TiffTag.TileWidth) : Width;
        SegmentHeight = IsTiled ? Dimension(directory, TiffTag.TileLength) : (int)Math.Clamp(directory.Unsigned(TiffTag.RowsPerStrip) ?? uint.MaxValue, 1, Height);
        Across = (int)(((long)Width + SegmentWidth - 1) / SegmentWidth);
        long segments = (((long)Height + SegmentHeight - 1) / SegmentHeight) * Across;
        RawFile.RequireSize(SegmentHeight, SegmentWidth);
        if (IsTiled && (long)SegmentHeight * SegmentWidth > (long)Height * Width + LargestPadding)
            throw new InvalidDataException($"its tiles are {SegmentHeight}×{SegmentWidth} pixels, far more than the image of {Height}×{Width}.");
        _offsets = directory.Integers(IsTiled ? TiffTag.TileOffsets : TiffTag.StripOffsets, segments)
            ?? throw new InvalidDataException("it does not say where its pixels are: StripOffsets or TileOffsets is missing.");
        _counts = directory.Integers(IsTiled ? TiffTag.TileByteCounts : TiffTag.StripByteCounts, segments);
        RequireLengths();
    }

    public ByteSource Source { get; }

    public int Height { get; }

    public int Width { get; }

    public StoredSamples Format { get; }

    public uint Compression { get; }

    public uint Predictor { get; }

    /// <summary>Whether segments are tiles, all of full size; otherwise they are strips, the last of which may be lower.</summary>
    public bool IsTiled { get; }

    public int SegmentHeight { get; }

    public int SegmentWidth { get; }

    /// <summary>Segments in a row of them.</summary>
    public int Across { get; }

    public int SegmentCount => (Height + SegmentHeight - 1) / SegmentHeight * Across;

    /// <summary>A strip or tile, with where its stored bytes are. Of bytes far beyond what its pixels can need, the rest is left out.</summary>
    public TiffSegment Segment(int index)
    {
        int row = index / Across * SegmentHeight;
        int rows = IsTiled ? SegmentHeight : Math.Min(SegmentHeight, Height - row);
        return new(row, index % Across * SegmentWidth, rows, SegmentWidth, _offsets[index], Stored(index, rows));
    }

    private long Stored(int index, int rows)
    {
        long plain = rows * Format.RowBytes(SegmentWidth);
        if (Compression == TiffCompression.None)
            return plain;
        // What cannot be compressed grows, by no codec to more than half as much again.
        return Math.Min(_counts![index], plain + plain / 2 + (1 << 16));
    }

    private void RequireLengths()
    {
        int expansion = Compression switch
        {
            TiffCompression.None => 1,
            TiffCompression.Lzw => LzwExpansion,
            TiffCompression.AdobeDeflate or TiffCompression.Deflate => DeflateExpansion,
            TiffCompression.PackBits => PackBitsExpansion,
            TiffCompression.Jpeg when !Format.IsFloat => JpegExpansion,
            _ => throw new InvalidDataException($"its Compression is {Compression}; known are 1 (none), 5 (LZW), 7 (lossless JPEG), 8 (Deflate) and 32773 (PackBits)."),
        };
        if (_counts is null && Compression != TiffCompression.None)
            throw new InvalidDataException("it is compressed and does not say how long its tiles are: StripByteCounts or TileByteCounts is missing.");
        long declared = 0, stored = 0;
        for (int i = 0; i < SegmentCount; i++)
        {
            var segment = Segment(i);
            Source.Require(segment.Offset, segment.Bytes);
            declared += segment.Rows * Format.RowBytes(SegmentWidth);
            stored += segment.Bytes;
        }
        // Parts may overlap in a damaged file: together they are no longer than it is.
        stored = Math.Min(stored, Source.Length);
        if (declared > stored * expansion)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"it declares {Height}×{Width} pixels of {Format.Bits} bits, {declared} bytes, for which {stored} stored bytes cannot be enough."));
        }
    }

    private static StoredSamples ReadFormat(TiffDirectory directory)
    {
        uint bits = directory.Unsigned(TiffTag.BitsPerSample) ?? 1, kind = directory.Unsigned(TiffTag.SampleFormat) ?? 1;
        return (kind, bits) switch
        {
            (1 or 4, >= 2 and <= 16) => new((int)bits, IsFloat: false, directory.IsBigEndian),
            (3, 16 or 32 or 64) => new((int)bits, IsFloat: true, directory.IsBigEndian),
            _ => throw new InvalidDataException($"its samples have {bits} bits and SampleFormat {kind}; expected unsigned integers (1) of 2 to 16 bits, or floating point (3) of 16, 32 or 64."),
        };
    }

    private static int Dimension(TiffDirectory directory, TiffTag tag)
    {
        uint value = directory.Unsigned(tag) ?? throw new InvalidDataException($"tag {tag} is missing.");
        return value is >= 1 and <= int.MaxValue / 2 ? (int)value : throw new InvalidDataException($"tag {tag} is {value}; expected at least 1.");
    }
}

/// <summary>A strip or tile.</summary>
/// <param name="Row">First row of the image in it.</param>
/// <param name="Column">First column of the image in it.</param>
/// <param name="Rows">Its rows; those of a tile may reach beyond the image.</param>
/// <param name="Columns">Its columns, likewise.</param>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Bytes">How many there are.</param>
internal readonly record struct TiffSegment(int Row, int Column, int Rows, int Columns, long Offset, long Bytes);
