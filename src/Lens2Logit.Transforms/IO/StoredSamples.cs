using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Lens2Logit.IO;

/// <summary>How samples are stored in a row of bytes. Rows begin at a byte; within one, samples of other than 8 or 16 bits follow each other without gaps.</summary>
/// <param name="Bits">Integers: 1 to 16. Floating point: 16, 32 or 64.</param>
/// <param name="IsFloat">Whether samples are IEEE 754 numbers; otherwise they are unsigned integers.</param>
/// <param name="IsBigEndian">Byte order of samples of whole bytes. Others come high bit first in either order (TIFF 6.0, FillOrder 1).</param>
internal readonly record struct StoredSamples(int Bits, bool IsFloat, bool IsBigEndian)
{
    private bool SwapsBytes => IsBigEndian == BitConverter.IsLittleEndian;

    public long RowBytes(int width) => ((long)width * Bits + 7) / 8;

    /// <summary>Integer samples of a row: the bytes themselves where they are such, else <paramref name="scratch"/>.</summary>
    public ReadOnlySpan<ushort> Codes(ReadOnlySpan<byte> row, Span<ushort> scratch)
    {
        switch (Bits)
        {
            case 16 when !SwapsBytes:
                return MemoryMarshal.Cast<byte, ushort>(row)[..scratch.Length];
            case 16:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(row)[..scratch.Length], scratch);
                break;
            case 8:
                for (int i = 0; i < scratch.Length; i++)
                    scratch[i] = row[i];
                break;
            default:
                UnpackBits(row, Bits, scratch);
                break;
        }
        return scratch;
    }

    /// <summary>Floating-point samples of a row.</summary>
    public void Values(ReadOnlySpan<byte> row, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (Bits, IsBigEndian) switch
            {
                (16, false) => (float)BinaryPrimitives.ReadHalfLittleEndian(row[(2 * i)..]),
                (16, true) => (float)BinaryPrimitives.ReadHalfBigEndian(row[(2 * i)..]),
                (32, false) => BinaryPrimitives.ReadSingleLittleEndian(row[(4 * i)..]),
                (32, true) => BinaryPrimitives.ReadSingleBigEndian(row[(4 * i)..]),
                (_, false) => (float)BinaryPrimitives.ReadDoubleLittleEndian(row[(8 * i)..]),
                (_, true) => (float)BinaryPrimitives.ReadDoubleBigEndian(row[(8 * i)..]),
            };
        }
    }

    private static void UnpackBits(ReadOnlySpan<byte> row, int bits, Span<ushort> codes)
    {
        ulong buffer = 0;
        int available = 0, next = 0, mask = (1 << bits) - 1;
        for (int i = 0; i < codes.Length; i++)
        {
            if (available < bits)
            {
                if (next + 4 <= row.Length)
                {
                    buffer = (buffer << 32) | BinaryPrimitives.ReadUInt32BigEndian(row[next..]);
                    (next, available) = (next + 4, available + 32);
                }
                else
                {
                    while (available < bits)
                        (buffer, available) = ((buffer << 8) | row[next++], available + 8);
                }
            }
            available -= bits;
            codes[i] = (ushort)((int)(buffer >> available) & mask);
        }
    }
}
