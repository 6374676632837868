using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>Memory from which stages take their rings, one after the other.</summary>
/// <param name="next">The next free float, aligned for the widest vectors.</param>
/// <param name="stride">Floats of a row.</param>
internal unsafe ref struct RowMemory(float* next, int stride)
{
    private float* _next = next;

    /// <summary>Zeroed memory for a number of rows; <paramref name="start"/> may lie up to one widest vector before the first.</summary>
    public static RowMemory Cleared(float* start, int rows, int stride)
    {
        float* first = SimdLimits.Align(start);
        new Span<float>(first, rows * stride).Clear();
        return new(first, stride);
    }

    /// <param name="capacity">Rows, a power of two.</param>
    public RowRing Take(int capacity) => Take(capacity, stride);

    /// <summary>Rows of another length, <see cref="RowRing.Stride"/>.</summary>
    public RowRing Take(int capacity, int stride)
    {
        var ring = new RowRing(_next + RowRing.Margin, stride, capacity);
        _next += capacity * stride;
        return ring;
    }

    /// <summary>One row, margins included, of zeros.</summary>
    public float* TakeZeros() => TakeZeros(stride);

    /// <summary>One of another length.</summary>
    public float* TakeZeros(int stride)
    {
        float* row = Take(1, stride)[0];
        new Span<float>(row - RowRing.Margin, stride).Clear();
        return row;
    }
}
