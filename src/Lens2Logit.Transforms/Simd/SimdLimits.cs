namespace Lens2Logit.Simd;

/// <summary>What buffers have to allow for, whatever the width of the vectors.</summary>
internal static class SimdLimits
{
    /// <summary>Lanes of the widest vector. Rows of buffers are padded to a multiple, and begin at one.</summary>
    public const int MaximumLanes = 16;

    /// <summary>The first address from here on that is aligned for the widest vector: less than <see cref="MaximumLanes"/> floats further.</summary>
    public static unsafe float* Align(float* start)
    {
        const nuint Alignment = MaximumLanes * sizeof(float);
        return (float*)(((nuint)start + Alignment - 1) & ~(Alignment - 1));
    }
}
