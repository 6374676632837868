using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>Kernels on rows of luma: the 3×3 sharpening filter, separable Gaussians, and the sorted columns of the median.</summary>
internal static unsafe class LumaRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    /// <summary>5·center less the four neighbours. The row's margins hold zeros; so do rows beyond the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sharpen(float* above, float* center, float* below, int width, float* target)
    {
        var five = TVector.Broadcast((float)IspKernels.Sharpening[4]);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var sides = TVector.Load(center + x - 1) + TVector.Load(center + x + 1);
            var ends = TVector.Load(above + x) + TVector.Load(below + x);
            (five * TVector.Load(center + x) - (sides + ends)).Store(target + x);
        }
    }

    /// <summary>A symmetric filter of five rows, half of it given: weights[i] for distance i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Blur5Rows(float** rows, float* weights, int width, float* target)
    {
        TVector w0 = TVector.Broadcast(weights[0]), w1 = TVector.Broadcast(weights[1]), w2 = TVector.Broadcast(weights[2]);
        float* above2 = rows[0], above = rows[1], center = rows[2], below = rows[3], below2 = rows[4];
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var sum = w0 * TVector.Load(center + x);
            sum = TVector.MultiplyAdd(w1, TVector.Load(above + x) + TVector.Load(below + x), sum);
            TVector.MultiplyAdd(w2, TVector.Load(above2 + x) + TVector.Load(below2 + x), sum).Store(target + x);
        }
    }

    /// <summary>A symmetric filter of nine rows, half of it given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Blur9Rows(float** rows, float* weights, int width, float* target)
    {
        TVector w0 = TVector.Broadcast(weights[0]), w1 = TVector.Broadcast(weights[1]), w2 = TVector.Broadcast(weights[2]);
        TVector w3 = TVector.Broadcast(weights[3]), w4 = TVector.Broadcast(weights[4]);
        float* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3], r4 = rows[4], r5 = rows[5], r6 = rows[6], r7 = rows[7], r8 = rows[8];
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var sum = w0 * TVector.Load(r4 + x);
            sum = TVector.MultiplyAdd(w1, TVector.Load(r3 + x) + TVector.Load(r5 + x), sum);
            sum = TVector.MultiplyAdd(w2, TVector.Load(r2 + x) + TVector.Load(r6 + x), sum);
            sum = TVector.MultiplyAdd(w3, TVector.Load(r1 + x) + TVector.Load(r7 + x), sum);
            TVector.MultiplyAdd(w4, TVector.Load(r0 + x) + TVector.Load(r8 + x), sum).Store(target + x);
        }
    }

    /// <summary>luma + (luma − blurred), where the nine-tap filter along the row has still to be applied to <paramref name="vertical"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unsharp(float* luma, float* vertical, float* weights, int width, float* target)
    {
        TVector w0 = TVector.Broadcast(weights[0]), w1 = TVector.Broadcast(weights[1]), w2 = TVector.Broadcast(weights[2]);
        TVector w3 = TVector.Broadcast(weights[3]), w4 = TVector.Broadcast(weights[4]), amount = TVector.Broadcast((float)IspKernels.UnsharpAmount);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            float* v = vertical + x;
            var sum = w0 * TVector.Load(v);
            sum = TVector.MultiplyAdd(w1, TVector.Load(v - 1) + TVector.Load(v + 1), sum);
            sum = TVector.MultiplyAdd(w2, TVector.Load(v - 2) + TVector.Load(v + 2), sum);
            sum = TVector.MultiplyAdd(w3, TVector.Load(v - 3) + TVector.Load(v + 3), sum);
            sum = TVector.MultiplyAdd(w4, TVector.Load(v - 4) + TVector.Load(v + 4), sum);
            var y = TVector.Load(luma + x);
            TVector.MultiplyAdd(amount, y - sum, y).Store(target + x);
        }
    }

    /// <summary>As <see cref="Unsharp"/> for a blur along columns alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnsharpVertical(float* luma, float* vertical, int width, float* target)
    {
        var amount = TVector.Broadcast((float)IspKernels.UnsharpAmount);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var y = TVector.Load(luma + x);
            TVector.MultiplyAdd(amount, y - TVector.Load(vertical + x), y).Store(target + x);
        }
    }

    /// <summary>Sorts each column of three rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SortColumns(float* above, float* center, float* below, int width, float* low, float* middle, float* high)
    {
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            TVector a = TVector.Load(above + x), b = TVector.Load(center + x), c = TVector.Load(below + x);
            TVector small = TVector.Min(a, b), large = TVector.Max(a, b), rest = TVector.Min(large, c);
            TVector.Min(small, rest).Store(low + x);
            TVector.Max(small, rest).Store(middle + x);
            TVector.Max(large, c).Store(high + x);
        }
    }
}
