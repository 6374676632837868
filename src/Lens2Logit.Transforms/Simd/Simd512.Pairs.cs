using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lens2Logit.Simd;

internal readonly partial struct Simd512
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 EvenLanes(Simd512 a, Simd512 b) => Avx512F.IsSupported
        ? new(Avx512F.PermuteVar16x32x2(a._value, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), b._value))
        : Combine(InUpperHalf, a, b, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 OddLanes(Simd512 a, Simd512 b) => Avx512F.IsSupported
        ? new(Avx512F.PermuteVar16x32x2(a._value, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), b._value))
        : Combine(InUpperHalf, a, b, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 1, 3, 5, 7, 9, 11, 13, 15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 LowerPairs(Simd512 a, Simd512 b) => Avx512F.IsSupported
        ? new(Avx512F.PermuteVar16x32x2(a._value, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b._value))
        : Combine(InOddLanes, a, b, Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 UpperPairs(Simd512 a, Simd512 b) => Avx512F.IsSupported
        ? new(Avx512F.PermuteVar16x32x2(a._value, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b._value))
        : Combine(InOddLanes, a, b, Vector512.Create(8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15));

    private static Vector512<float> InUpperHalf => Vector512.Create(0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1).AsSingle();

    private static Vector512<float> InOddLanes => Vector512.Create(0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1).AsSingle();

    /// <summary>Lanes of <paramref name="a"/> in an order, and of <paramref name="b"/> where the mask is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Simd512 Combine(Vector512<float> mask, Simd512 a, Simd512 b, Vector512<int> order) =>
        new(Vector512.ConditionalSelect(mask, Vector512.Shuffle(b._value, order), Vector512.Shuffle(a._value, order)));
}
