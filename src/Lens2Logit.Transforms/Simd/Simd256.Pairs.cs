using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lens2Logit.Simd;

internal readonly partial struct Simd256
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 EvenLanes(Simd256 a, Simd256 b) => Combine(InUpperHalf, a, b, Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 OddLanes(Simd256 a, Simd256 b) => Combine(InUpperHalf, a, b, Vector256.Create(1, 3, 5, 7, 1, 3, 5, 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 LowerPairs(Simd256 a, Simd256 b) => Combine(InOddLanes, a, b, Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 UpperPairs(Simd256 a, Simd256 b) => Combine(InOddLanes, a, b, Vector256.Create(4, 4, 5, 5, 6, 6, 7, 7));

    private static Vector256<float> InUpperHalf => Vector256.Create(0, 0, 0, 0, -1, -1, -1, -1).AsSingle();

    private static Vector256<float> InOddLanes => Vector256.Create(0, -1, 0, -1, 0, -1, 0, -1).AsSingle();

    /// <summary>Lanes of <paramref name="a"/> in an order, and of <paramref name="b"/> where the mask is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Simd256 Combine(Vector256<float> mask, Simd256 a, Simd256 b, Vector256<int> order) =>
        new(Vector256.ConditionalSelect(mask, Vector256.Shuffle(b._value, order), Vector256.Shuffle(a._value, order)));
}
