using System.Buffers.Binary;
using System.Text;

namespace Lens2Logit.IO.Tiff;

/// <summary>
/// One image file directory (TIFF 6.0, section 2) with the tags of <see cref="TiffTag"/>. Values are read from the file when they are asked
/// for, never more of them than the caller expects: what a damaged file claims allocates nothing.
/// </summary>
internal sealed class TiffDirectory
{
    private const int EntryBytes = 12, LongestText = 256;

    private readonly ByteSource _source;
    private readonly Dictionary<TiffTag, Entry> _entries = [];

    /// <exception cref="InvalidDataException">The file ends within the directory.</exception>
    public TiffDirectory(ByteSource source, bool isBigEndian, long offset)
    {
        (_source, IsBigEndian) = (source, isBigEndian);
        int count = ReadUInt16(source.Read(offset, 2));
        var bytes = source.Read(offset + 2, count * EntryBytes + 4);
        for (int i = 0; i < count; i++)
        {
            var entry = bytes.Slice(i * EntryBytes, EntryBytes);
            var tag = (TiffTag)ReadUInt16(entry);
            if (!Enum.IsDefined(tag))
                continue;
            var type = (TiffType)ReadUInt16(entry[2..]);
            uint values = ReadUInt32(entry[4..]);
            bool isInline = (long)values * Size(type) <= 4;
            _entries[tag] = new(type, values, isInline ? offset + 2 + i * EntryBytes + 8 : ReadUInt32(entry[8..]));
        }
        Next = ReadUInt32(bytes[^4..]);
    }

    private enum TiffType : ushort
    {
        Byte = 1, Ascii, Short, Long, Rational, SByte, Undefined, SShort, SLong, SRational, Float, Double, Ifd,
    }

    public bool IsBigEndian { get; }

    /// <summary>Offset of the next directory of the file, 0 for none.</summary>
    public uint Next { get; }

    public bool Has(TiffTag tag) => _entries.ContainsKey(tag);

    /// <summary>Number of values of a tag, 0 where it is missing.</summary>
    public long Count(TiffTag tag) => _entries.TryGetValue(tag, out var entry) ? entry.Count : 0;

    /// <summary>A tag's only (or first) value; null where it is missing.</summary>
    /// <exception cref="InvalidDataException">It has no value, or is no whole number.</exception>
    public uint? Unsigned(TiffTag tag)
    {
        if (!_entries.TryGetValue(tag, out var entry))
            return null;
        double value = entry.Count > 0 ? Number(entry, Bytes(entry, 1)) : double.NaN;
        return value is >= 0 and <= uint.MaxValue && value == Math.Floor(value) ? (uint)value : throw new InvalidDataException($"tag {tag} is no whole number.");
    }

    /// <summary>All values of a tag; null where it is missing.</summary>
    /// <exception cref="InvalidDataException">There are fewer or more of them than expected, or they are no numbers.</exception>
    public double[]? Numbers(TiffTag tag, long least, long most)
    {
        if (!_entries.TryGetValue(tag, out var entry))
            return null;
        if (entry.Count < least || entry.Count > most)
            throw new InvalidDataException($"tag {tag} has {entry.Count} values; expected {least}{(least == most ? "" : $" to {most}")}.");
        var bytes = Bytes(entry, entry.Count);
        var values = new double[entry.Count];
        int size = Size(entry.Type);
        for (int i = 0; i < values.Length; i++)
            values[i] = Number(entry, bytes[(i * size)..]);
        return values;
    }

    /// <summary>Like <see cref="Numbers"/>, for values that must be finite.</summary>
    public double[]? Finite(TiffTag tag, long least, long most)
    {
        var values = Numbers(tag, least, most);
        if (values is not null && !values.All(double.IsFinite))
            throw new InvalidDataException($"tag {tag} holds {values.First(v => !double.IsFinite(v))}; expected finite numbers.");
        return values;
    }

    /// <summary>The first values of a tag that holds whole numbers: offsets, byte counts, tables. Null where it is missing.</summary>
    /// <exception cref="InvalidDataException">There are fewer values than that, or they are no whole numbers.</exception>
    public uint[]? Integers(TiffTag tag, long count)
    {
        if (!_entries.TryGetValue(tag, out var entry))
            return null;
        if (entry.Count < count || entry.Type is not (TiffType.Byte or TiffType.Undefined or TiffType.Short or TiffType.Long or TiffType.Ifd))
            throw new InvalidDataException($"tag {tag} has {entry.Count} values of type {entry.Type}; expected {count} whole numbers.");
        var bytes = Bytes(entry, count);
        var values = new uint[count];
        int size = Size(entry.Type);
        for (int i = 0; i < values.Length; i++)
            values[i] = size switch { 1 => bytes[i], 2 => ReadUInt16(bytes[(2 * i)..]), _ => ReadUInt32(bytes[(4 * i)..]) };
        return values;
    }

    /// <summary>A text without its terminator; null where it is missing or empty.</summary>
    public string? Text(TiffTag tag)
    {
        if (!_entries.TryGetValue(tag, out var entry) || Size(entry.Type) != 1)
            return null;
        var bytes = Bytes(entry, Math.Min(entry.Count, LongestText));
        int end = bytes.IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]).Trim();
        return text.Length == 0 ? null : text;
    }

    private ReadOnlySpan<byte> Bytes(Entry entry, long count)
    {
        long bytes = count * Size(entry.Type);
        _source.Require(entry.Offset, bytes);
        return _source.Read(entry.Offset, checked((int)bytes));
    }

    private double Number(Entry entry, ReadOnlySpan<byte> bytes) => entry.Type switch
    {
        TiffType.Byte or TiffType.Undefined => bytes[0],
        TiffType.SByte => (sbyte)bytes[0],
        TiffType.Short => ReadUInt16(bytes),
        TiffType.SShort => (short)ReadUInt16(bytes),
        TiffType.Long or TiffType.Ifd => ReadUInt32(bytes),
        TiffType.SLong => (int)ReadUInt32(bytes),
        TiffType.Rational => (double)ReadUInt32(bytes) / ReadUInt32(bytes[4..]),
        TiffType.SRational => (double)(int)ReadUInt32(bytes) / (int)ReadUInt32(bytes[4..]),
        TiffType.Float => IsBigEndian ? BinaryPrimitives.ReadSingleBigEndian(bytes) : BinaryPrimitives.ReadSingleLittleEndian(bytes),
        TiffType.Double => IsBigEndian ? BinaryPrimitives.ReadDoubleBigEndian(bytes) : BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        _ => double.NaN,
    };

    private static int Size(TiffType type) => type switch
    {
        TiffType.Short or TiffType.SShort => 2,
        TiffType.Long or TiffType.SLong or TiffType.Float or TiffType.Ifd => 4,
        TiffType.Rational or TiffType.SRational or TiffType.Double => 8,
        _ => 1,
    };

    private ushort ReadUInt16(ReadOnlySpan<byte> bytes) => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint ReadUInt32(ReadOnlySpan<byte> bytes) => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private readonly record struct Entry(TiffType Type, uint Count, long Offset);
}
