using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Networks.Winograd;

/// <summary>
/// The matrices of F(4, 3), four outputs of a filter of three taps from six products, applied to one row or column:
/// output = Aᵀ((G·filter) ∘ (Bᵀ·input)). Interpolation points 0, 1, −1, 2, −2, ∞. Applied to rows and columns they give 4×4 outputs of a 3×3
/// filter from 36 products instead of 144. Source: Lavin and Gray, <i>Fast algorithms for convolutional neural networks</i>, CVPR 2016,
/// section 4.2.
/// </summary>
internal static class TileTransform<TVector>
    where TVector : unmanaged, ISimdWords<TVector>
{
    private static TVector Of(float value) => TVector.Broadcast(value);

    /// <summary>Bᵀ: six values of the input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Input(TVector a, TVector b, TVector c, TVector d, TVector e, TVector f, TVector* to, nint step)
    {
        TVector four = Of(4), minusFour = Of(-4), minusFive = Of(-5);
        to[0] = TVector.MultiplyAdd(four, a, TVector.MultiplyAdd(minusFive, c, e));
        to[step] = TVector.MultiplyAdd(minusFour, b + c, d + e);
        to[2 * step] = TVector.MultiplyAdd(four, b - c, e - d);
        TVector even = e - c, odd = d - b;
        to[3 * step] = TVector.MultiplyAdd(Of(2), odd, even);
        to[4 * step] = TVector.MultiplyAdd(Of(-2), odd, even);
        to[5 * step] = TVector.MultiplyAdd(four, b, TVector.MultiplyAdd(minusFive, d, f));
    }

    /// <summary>Aᵀ: four outputs of six products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Output(TVector a, TVector b, TVector c, TVector d, TVector e, TVector f, TVector* to, nint step)
    {
        TVector ones = b + c, minus = b - c, twos = d + e, minusTwos = d - e;
        to[0] = a + ones + twos;
        to[step] = TVector.MultiplyAdd(Of(2), minusTwos, minus);
        to[2 * step] = TVector.MultiplyAdd(Of(4), twos, ones);
        to[3 * step] = TVector.MultiplyAdd(Of(8), minusTwos, minus) + f;
    }

    /// <summary>A: what four gradients of outputs give to six products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void OutputGradient(TVector a, TVector b, TVector c, TVector d, TVector* to, nint step)
    {
        TVector even = a + c, odd = b + d, evenOfTwo = TVector.MultiplyAdd(Of(4), c, a), oddOfTwo = Of(2) * TVector.MultiplyAdd(Of(4), d, b);
        to[0] = a;
        to[step] = even + odd;
        to[2 * step] = even - odd;
        to[3 * step] = evenOfTwo + oddOfTwo;
        to[4 * step] = evenOfTwo - oddOfTwo;
        to[5 * step] = d;
    }

    /// <summary>G: three taps of a filter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Filter(TVector a, TVector b, TVector c, TVector* to, nint step)
    {
        TVector sixth = Of(1 / 6f), even = sixth * (a + c), odd = sixth * b, evenOfTwo = TVector.MultiplyAdd(Of(1 / 24f), a, sixth * c), oddOfTwo = Of(1 / 12f) * b;
        to[0] = Of(1 / 4f) * a;
        to[step] = Of(0) - even - odd;
        to[2 * step] = odd - even;
        to[3 * step] = evenOfTwo + oddOfTwo;
        to[4 * step] = evenOfTwo - oddOfTwo;
        to[5 * step] = c;
    }

    /// <summary>Gᵀ: what six gradients give to three taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void FilterGradient(TVector a, TVector b, TVector c, TVector d, TVector e, TVector f, TVector* to, nint step)
    {
        TVector sixth = Of(1 / 6f), ones = sixth * (b + c), twos = d + e;
        to[0] = TVector.MultiplyAdd(Of(1 / 4f), a, Of(1 / 24f) * twos) - ones;
        to[step] = TVector.MultiplyAdd(Of(1 / 12f), d - e, sixth * (c - b));
        to[2 * step] = TVector.MultiplyAdd(sixth, twos, f) - ones;
    }
}
