namespace Lens2Logit.IO.Tiff;

/// <summary>A Huffman table of lossless JPEG (ITU-T T.81, annex C): codes of up to 16 bits for the 17 lengths that a difference can have.</summary>
internal sealed class JpegHuffmanTable
{
    /// <summary>Codes up to this length are looked up at once.</summary>
    public const int FastBits = 11;

    private const int LongestCode = 16, MostSymbols = 17, LargestSymbol = 16;

    // For each beginning of FastBits bits: length << 8 | symbol, or 0 where the code is longer or does not exist.
    private readonly ushort[] _fast = new ushort[1 << FastBits];

    // Per length: one more than the largest code, aligned to 16 bits, and what to add to a code for the index of its symbol.
    private readonly int[] _end = new int[LongestCode + 1], _toIndex = new int[LongestCode + 1];
    private readonly byte[] _symbols;

    private JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        int code = 0, index = 0;
        for (int length = 1; length <= LongestCode; length++, code <<= 1)
        {
            _toIndex[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (code >= 1 << length)
                    throw Damaged();
                if (length <= FastBits)
                    _fast.AsSpan(code << (FastBits - length), 1 << (FastBits - length)).Fill((ushort)(length << 8 | _symbols[index]));
            }
            _end[length] = code << (LongestCode - length);
        }
    }

    /// <summary>Reads a table from a DHT segment, after its destination.</summary>
    /// <param name="segment">The segment's rest.</param>
    /// <param name="length">How many bytes the table takes.</param>
    /// <exception cref="InvalidDataException">It is no table of lossless JPEG.</exception>
    public static JpegHuffmanTable Read(ReadOnlySpan<byte> segment, out int length)
    {
        int symbols = 0;
        length = LongestCode;
        if (segment.Length < length)
            throw Damaged();
        foreach (byte count in segment[..LongestCode])
            symbols += count;
        length += symbols;
        if (symbols is < 1 or > MostSymbols || segment.Length < length || segment[LongestCode..length].ContainsAnyExceptInRange((byte)0, (byte)LargestSymbol))
            throw Damaged();
        return new(segment[..LongestCode], segment[LongestCode..length]);
    }

    /// <summary>The length (high byte) and symbol (low byte) of the code with which 16 bits begin.</summary>
    /// <exception cref="InvalidDataException">There is no such code.</exception>
    public int Find(int next16)
    {
        int entry = _fast[next16 >> (LongestCode - FastBits)];
        if (entry != 0)
            return entry;
        for (int length = FastBits + 1; length <= LongestCode; length++)
        {
            if (next16 < _end[length])
                return length << 8 | _symbols[(next16 >> (LongestCode - length)) + _toIndex[length]];
        }
        throw new InvalidDataException("its lossless JPEG data is damaged: it has a code that is not in its Huffman table.");
    }

    private static InvalidDataException Damaged() => new("its lossless JPEG data is damaged: it has a Huffman table that is none.");
}
