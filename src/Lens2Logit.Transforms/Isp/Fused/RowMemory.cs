namespace Lens2Logit.Isp.Fused;

/// <summary>Memory from which stages take their rings, one behind the other.</summary>
/// <param name="next">The next free float, aligned for the widest vectors.</param>
/// <param name="stride">Floats of a row.</param>
internal unsafe ref struct RowMemory(float* next, int stride)
{
    private float* _next = next;

    /// <param name="capacity">Rows, a power of two.</param>
    public RowRing Take(int capacity)
    {
        var ring = new RowRing(_next + RowRing.Margin, stride, capacity);
        _next += capacity * stride;
        return ring;
    }

    /// <summary>One row, margins included, of zeros.</summary>
    public float* TakeZeros()
    {
        float* row = Take(1)[0];
        new Span<float>(row - RowRing.Margin, stride).Clear();
        return row;
    }
}
