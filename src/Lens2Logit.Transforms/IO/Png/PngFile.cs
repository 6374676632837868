using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Lens2Logit.IO.Png;

/// <summary>
/// A grey PNG of 8 or 16 bits, not interlaced. Source: PNG specification (W3C, second edition). Libraries for .NET give 16 bits as 8, which
/// is why it is read here; the compressed data is inflated by the platform, which verifies its checksum.
/// </summary>
internal sealed class PngFile : RawFile
{
    public const int SignatureLength = 8;

    private const int DeflateExpansion = 1032, HeaderLength = 13;

    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private readonly ByteSource _source;
    private readonly StoredSamples _format;
    private readonly long _firstData;

    public PngFile(ByteSource source, RawReadOptions options)
    {
        _source = source;
        var (kind, offset, length) = PngChunk.At(source, SignatureLength);
        if (kind != PngChunk.Header || length != HeaderLength)
            throw new InvalidDataException("it does not begin with a PNG header.");
        var header = source.Read(offset, length);
        uint width = BinaryPrimitives.ReadUInt32BigEndian(header), height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        int bits = header[8], color = header[9], interlace = header[12];
        if (color != 0 || bits is not (8 or 16))
            throw new InvalidDataException($"its pixels are {Describe(color)} of {bits} bits; a raw image is grey, of 8 or 16. Developed images are read by LoadImages.");
        if (interlace != 0 || header[10] != 0 || header[11] != 0)
            throw new InvalidDataException(interlace != 0 ? "it is interlaced; save it without." : "its compression or filter method is unknown.");
        RequireSize(height, width);
        _format = new(bits, IsFloat: false, IsBigEndian: true);
        _firstData = FindData(source, offset + length + PngChunk.ChecksumLength);
        long declared = height * (_format.RowBytes((int)width) + 1);
        if (declared > (source.Length - _firstData) * DeflateExpansion)
            throw new InvalidDataException($"it declares {height}×{width} pixels of {bits} bits, for which {source.Length} stored bytes cannot be enough.");
        Info = new() { Format = RawImageFormat.Png, Height = (int)height, Width = (int)width, BitDepth = bits, Camera = options.Camera };
    }

    public override RawImageInfo Info { get; }

    public static bool IsPng(ReadOnlySpan<byte> start) => start.SequenceEqual(Signature);

    public override void ReadPixels(Span<float> values)
    {
        int rowBytes = (int)_format.RowBytes(Info.Width), pixelBytes = _format.Bits / 8;
        var buffer = ArrayPool<byte>.Shared.Rent(2 * (rowBytes + 1));
        try
        {
            using var inflated = new ZLibStream(new PngData(_source, _firstData), CompressionMode.Decompress);
            var writer = new MosaicWriter(values, new(0, 0, Info.Height, Info.Width, RawOrientation.TopLeft), _format, new(_format.Bits));
            Span<byte> row = buffer.AsSpan(0, rowBytes + 1), above = buffer.AsSpan(rowBytes + 1, rowBytes + 1);
            above.Clear();
            for (int y = 0; y < Info.Height; y++)
            {
                if (inflated.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
                    throw new InvalidDataException($"its pixels end within row {y} of {Info.Height}.");
                PngFilter.Undo(row[0], row[1..], above[1..], pixelBytes);
                writer.Write(y, 0, row[1..], Info.Width);
                var finished = row;
                row = above;
                above = finished;
            }
            // Reading to the end makes the platform verify the checksum.
            if (inflated.ReadByte() >= 0)
                throw new InvalidDataException($"it holds more pixels than its {Info.Height}×{Info.Width}.");
            writer.Release();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static long FindData(ByteSource source, long position)
    {
        while (true)
        {
            var (kind, offset, length) = PngChunk.At(source, position);
            if (kind == PngChunk.Data)
                return position;
            if (kind == PngChunk.End)
                throw new InvalidDataException("it has no pixels.");
            position = offset + length + PngChunk.ChecksumLength;
        }
    }

    private static string Describe(int color) => color switch
    {
        0 => "grey",
        2 => "RGB",
        3 => "indices of a palette",
        4 => "grey with transparency",
        6 => "RGB with transparency",
        _ => $"of colour type {color}",
    };
}
