namespace Lens2Logit.IO;

/// <summary>The layout of files that hold nothing but pixels, row by row.</summary>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
public sealed record RawLayout(int Height, int Width)
{
    /// <summary>Bits of a sample, 1 to 16; up to 8 are stored in one byte, more in two. Raw values are DN / (2^bits − 1). Default 16.</summary>
    public int BitDepth { get; init; } = 16;

    /// <summary>Whether the high byte of a sample comes first. Default false.</summary>
    public bool BigEndian { get; init; }

    /// <summary>Bytes before the first sample. Default 0.</summary>
    public long Offset { get; init; }

    internal int BytesPerSample => BitDepth > 8 ? 2 : 1;

    internal long Bytes => (long)Height * Width * BytesPerSample;

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BitDepth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BitDepth, 16);
        ArgumentOutOfRangeException.ThrowIfNegative(Offset);
    }
}
