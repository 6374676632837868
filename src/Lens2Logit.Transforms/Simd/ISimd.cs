namespace Lens2Logit.Simd;

/// <summary>
/// A vector of floats of some width, so that every kernel is written once. The runtime compiles a kernel for each width; all calls here
/// become single instructions.
/// </summary>
/// <typeparam name="TSelf">The vector.</typeparam>
internal unsafe interface ISimd<TSelf>
    where TSelf : unmanaged, ISimd<TSelf>
{
    /// <summary>Number of lanes: even, so that lanes and columns have the same parity, and at most <see cref="SimdLimits.MaximumLanes"/>.</summary>
    static abstract int Lanes { get; }

    static abstract TSelf Load(float* source);

    /// <summary>As many 16-bit numbers as there are lanes.</summary>
    static abstract TSelf Load(ushort* source);

    static abstract TSelf Broadcast(float value);

    void Store(float* target);

    /// <summary>Past the caches. The target is aligned to the vector's size.</summary>
    void StoreStreaming(float* target);

    /// <summary>The whole parts of lanes from 0 to 255, one byte each.</summary>
    void Store(byte* target);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a·b + c, in one rounding where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The smaller; which one for NaN or zeros of both signs depends on the processor.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger; as <see cref="Min"/>.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    static abstract TSelf Abs(TSelf a);

    /// <summary>All bits set where a ≥ b, else none.</summary>
    static abstract TSelf GreaterOrEqual(TSelf a, TSelf b);

    /// <summary>All bits set where a = b, else none.</summary>
    static abstract TSelf Equal(TSelf a, TSelf b);

    /// <summary><paramref name="a"/> where the mask's bits are set, else <paramref name="b"/>.</summary>
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>a₀ a₂ a₄ … b₀ b₂ b₄ …</summary>
    static abstract TSelf EvenLanes(TSelf a, TSelf b);

    /// <summary>a₁ a₃ a₅ … b₁ b₃ b₅ …</summary>
    static abstract TSelf OddLanes(TSelf a, TSelf b);

    /// <summary>a₀ b₀ a₁ b₁ …, of the lower half of the lanes.</summary>
    static abstract TSelf LowerPairs(TSelf a, TSelf b);

    /// <summary>The same of the upper half.</summary>
    static abstract TSelf UpperPairs(TSelf a, TSelf b);

    /// <summary>The value's mantissa in [1, 2), for positive values.</summary>
    static abstract TSelf Mantissa(TSelf value);

    /// <summary>The value's binary exponent as a number: v = 2^exponent · mantissa, for positive values that are not subnormal.</summary>
    static abstract TSelf Exponent(TSelf value);

    /// <summary>The entry of an <see cref="OctaveTable"/> for the value's exponent. The value is in [2^−31, 1].</summary>
    static abstract TSelf LookUpOctave(TSelf value, float* table);

    /// <summary>Whether no lane is NaN or infinite.</summary>
    static abstract bool AllFinite(TSelf value);
}
