using System.Buffers.Binary;

namespace Lens2Logit.IO.Png;

/// <summary>Where the data of a PNG chunk lies.</summary>
/// <param name="Kind">Its type, four letters as a big-endian number.</param>
/// <param name="Offset">Where its data begins.</param>
/// <param name="Length">Bytes of its data.</param>
internal readonly record struct PngChunk(uint Kind, long Offset, int Length)
{
    public const uint Header = 0x49484452, Data = 0x49444154, End = 0x49454E44;

    public const int ChecksumLength = 4;

    /// <exception cref="InvalidDataException">The file ends within the chunk.</exception>
    public static PngChunk At(ByteSource source, long position)
    {
        var start = source.Read(position, 8);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(start), kind = BinaryPrimitives.ReadUInt32BigEndian(start[4..]);
        if (length > int.MaxValue)
            throw new InvalidDataException($"a chunk declares {length} bytes.");
        source.Require(position + 8, (long)length + ChecksumLength);
        return new(kind, position + 8, (int)length);
    }
}
