using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Lens2Logit.IO;

/// <summary>A NumPy array [H, W] in C order. Source: NumPy enhancement proposal 1, versions 1 to 3 of the format.</summary>
internal sealed partial class NpyFile : RawFile
{
    private const int LongestHeader = 1 << 16;

    private readonly ByteSource _source;
    private readonly StoredSamples _format;
    private readonly long _offset;

    public NpyFile(ByteSource source, RawReadOptions options)
    {
        var start = source.Read(0, (int)Math.Min(source.Length, 12));
        if (start.Length < 12 || start[6] is < 1 or > 3)
            throw new InvalidDataException(start.Length < 12 ? "it ends within its header." : $"it is an NPY file of version {start[6]}; expected 1 to 3.");
        bool isShort = start[6] == 1;
        uint length = isShort ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        _offset = isShort ? 10 : 12;
        if (length > LongestHeader)
            throw new InvalidDataException($"its NPY header has {length} bytes; expected at most {LongestHeader}.");
        var header = Encoding.UTF8.GetString(source.Read(_offset, (int)length));
        _offset += length;

        _format = ParseType(Value(DescrPattern(), header, "descr"));
        if (Value(OrderPattern(), header, "fortran_order") != "False")
            throw new InvalidDataException("its array is in Fortran order; save numpy.ascontiguousarray(...) of it.");
        var (height, width) = ParseShape(Value(ShapePattern(), header, "shape"));
        RequireSize(height, width);
        source.Require(_offset, height * _format.RowBytes(width));
        _source = source;
        Info = new()
        {
            Format = RawImageFormat.Npy,
            Height = height,
            Width = width,
            BitDepth = _format.IsFloat ? 0 : _format.Bits,
            Camera = options.Camera,
        };
    }

    public override RawImageInfo Info { get; }

    public static bool IsNpy(ReadOnlySpan<byte> start) => start.Length > 6 && start[0] == 0x93 && start[1..6].SequenceEqual("NUMPY"u8);

    public override void ReadPixels(Span<float> values)
    {
        var writer = new MosaicWriter(values, new(0, 0, Info.Height, Info.Width, RawOrientation.TopLeft), _format, _format.IsFloat ? null : new(_format.Bits));
        PlainRows.Read(_source, _offset, _format, 0, 0, Info.Height, Info.Width, ref writer);
        writer.Release();
    }

    private static StoredSamples ParseType(string descr) => descr switch
    {
        "|u1" or "<u1" or ">u1" => new(8, false, false),
        "<u2" => new(16, false, false),
        ">u2" => new(16, false, true),
        "<f2" => new(16, true, false),
        ">f2" => new(16, true, true),
        "<f4" => new(32, true, false),
        ">f4" => new(32, true, true),
        "<f8" => new(64, true, false),
        ">f8" => new(64, true, true),
        _ => throw new InvalidDataException($"its array has type '{descr}'; expected unsigned integers of 8 or 16 bits, or floating point of 16, 32 or 64."),
    };

    private static (int Height, int Width) ParseShape(string shape)
    {
        var sizes = shape.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return sizes.Length == 2 && int.TryParse(sizes[0], NumberStyles.None, CultureInfo.InvariantCulture, out int height) && height > 0
            && int.TryParse(sizes[1], NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width > 0
            ? (height, width) : throw new InvalidDataException($"its array has the shape ({shape}); a raw image is [H, W].");
    }

    private static string Value(Regex pattern, string header, string name) =>
        pattern.Match(header) is { Success: true } match ? match.Groups[1].Value : throw new InvalidDataException($"its NPY header lacks '{name}'.");

    [GeneratedRegex("'descr': *'([^']*)'")]
    private static partial Regex DescrPattern();

    [GeneratedRegex("'fortran_order': *(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape': *\(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
