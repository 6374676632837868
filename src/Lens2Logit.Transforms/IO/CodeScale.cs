using System.Numerics;
using System.Runtime.InteropServices;

namespace Lens2Logit.IO;

/// <summary>From stored integers to raw values: DN / (2^bits − 1), through a linearisation table if there is one.</summary>
internal sealed class CodeScale
{
    private readonly float _maximum;
    private readonly float[]? _table;

    /// <param name="bits">Bits of a stored sample, which is also the depth of the raw value.</param>
    public CodeScale(int bits)
    {
        CodeBits = BitDepth = bits;
        _maximum = (1 << bits) - 1;
    }

    /// <param name="bits">Bits of a stored sample.</param>
    /// <param name="linearization">What each code stands for; codes beyond the end stand for the last one (DNG specification, LinearizationTable).</param>
    /// <param name="white">The white level, which the depth of the raw values has to hold as well.</param>
    public CodeScale(int bits, ReadOnlySpan<ushort> linearization, double white)
    {
        CodeBits = bits;
        double largest = Math.Max(white, 1);
        foreach (ushort value in linearization)
            largest = Math.Max(largest, value);
        BitDepth = Math.Min(16, (int)Math.Floor(Math.Log2(largest)) + 1);
        _maximum = (1 << BitDepth) - 1;
        _table = new float[1 << bits];
        for (int code = 0; code < _table.Length; code++)
            _table[code] = linearization[Math.Min(code, linearization.Length - 1)] / _maximum;
    }

    /// <summary>Bits of a stored sample.</summary>
    public int CodeBits { get; }

    /// <summary>Bits of the raw values after linearisation.</summary>
    public int BitDepth { get; }

    /// <summary>Converts a row. Division, not multiplication by the inverse: the value is the nearest float of DN / (2^bits − 1).</summary>
    public void Apply(ReadOnlySpan<ushort> codes, Span<float> values)
    {
        int i = 0;
        if (_table is not null)
        {
            for (; i < codes.Length; i++)
                values[i] = _table[codes[i]];
            return;
        }
        var maximum = new Vector<float>(_maximum);
        for (; i <= codes.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            // As signed integers: those convert in one instruction on every processor, and codes are below 2^16.
            Vector.Widen(new Vector<ushort>(codes[i..]), out var low, out var high);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(low)) / maximum).CopyTo(values[i..]);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(high)) / maximum).CopyTo(values[(i + Vector<float>.Count)..]);
        }
        for (; i < codes.Length; i++)
            values[i] = codes[i] / _maximum;
    }

    /// <summary>Whether a code has more bits than a stored sample, as it happens with a wrong byte order or depth and with damaged data.</summary>
    public bool Exceeds(ReadOnlySpan<ushort> codes)
    {
        if (CodeBits == 16)
            return false;
        var all = Vector<ushort>.Zero;
        var vectors = MemoryMarshal.Cast<ushort, Vector<ushort>>(codes);
        foreach (var vector in vectors)
            all |= vector;
        int bits = 0;
        for (int lane = 0; lane < Vector<ushort>.Count; lane++)
            bits |= all[lane];
        foreach (ushort code in codes[(vectors.Length * Vector<ushort>.Count)..])
            bits |= code;
        return bits >> CodeBits != 0;
    }
}
