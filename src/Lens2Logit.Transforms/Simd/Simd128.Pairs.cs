using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lens2Logit.Simd;

internal readonly partial struct Simd128
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 EvenLanes(Simd128 a, Simd128 b) => Combine(InUpperHalf, a, b, Vector128.Create(0, 2, 0, 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 OddLanes(Simd128 a, Simd128 b) => Combine(InUpperHalf, a, b, Vector128.Create(1, 3, 1, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 LowerPairs(Simd128 a, Simd128 b) => Combine(InOddLanes, a, b, Vector128.Create(0, 0, 1, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 UpperPairs(Simd128 a, Simd128 b) => Combine(InOddLanes, a, b, Vector128.Create(2, 2, 3, 3));

    private static Vector128<float> InUpperHalf => Vector128.Create(0, 0, -1, -1).AsSingle();

    private static Vector128<float> InOddLanes => Vector128.Create(0, -1, 0, -1).AsSingle();

    /// <summary>Lanes of <paramref name="a"/> in an order, and of <paramref name="b"/> where the mask is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Simd128 Combine(Vector128<float> mask, Simd128 a, Simd128 b, Vector128<int> order) =>
        new(Vector128.ConditionalSelect(mask, Vector128.Shuffle(b._value, order), Vector128.Shuffle(a._value, order)));
}
