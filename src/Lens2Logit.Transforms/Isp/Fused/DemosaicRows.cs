using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>Kernels that take rows of the mosaic to rows of linear RGB and luma. Rows of the mosaic carry a margin of two.</summary>
internal static unsafe class DemosaicRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    /// <summary>Copies a row of the raw image, less the black level of its even and odd columns. False if a value is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool SubtractBlack(float* raw, int width, float evenBlack, float oddBlack, float* mosaic)
    {
        var black = TVector.LowerPairs(TVector.Broadcast(evenBlack), TVector.Broadcast(oddBlack));
        // Not finite times zero is NaN, and stays so in the sum.
        TVector zero = TVector.Broadcast(0), check = zero;
        int x = 0;
        for (; x <= width - TVector.Lanes; x += TVector.Lanes)
        {
            var value = TVector.Load(raw + x);
            check = TVector.MultiplyAdd(value, zero, check);
            (value - black).Store(mosaic + x);
        }
        bool finite = TVector.AllFinite(check);
        for (; x < width; x++)
        {
            finite &= float.IsFinite(raw[x]);
            mosaic[x] = raw[x] - ((x & 1) == 0 ? evenBlack : oddBlack);
        }
        return finite;
    }

    /// <summary>Applies a row's weights; see <see cref="LinearDemosaicWeights"/> for the six sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Malvar(float* above2, float* above, float* center, float* below, float* below2, int width, float* weights, ColorRow target)
    {
        const int stride = LinearDemosaicWeights.Stride;
        TVector r0 = W(0), r1 = W(1), r2 = W(2), r3 = W(3), r4 = W(4), r5 = W(5);
        TVector g0 = W(6), g1 = W(7), g2 = W(8), g3 = W(9), g4 = W(10), g5 = W(11);
        TVector b0 = W(12), b1 = W(13), b2 = W(14), b3 = W(15), b4 = W(16), b5 = W(17);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var c = TVector.Load(center + x);
            TVector red = r0 * c, green = g0 * c, blue = b0 * c;
            var h1 = TVector.Load(center + x - 1) + TVector.Load(center + x + 1);
            (red, green, blue) = (TVector.MultiplyAdd(r1, h1, red), TVector.MultiplyAdd(g1, h1, green), TVector.MultiplyAdd(b1, h1, blue));
            var v1 = TVector.Load(above + x) + TVector.Load(below + x);
            (red, green, blue) = (TVector.MultiplyAdd(r2, v1, red), TVector.MultiplyAdd(g2, v1, green), TVector.MultiplyAdd(b2, v1, blue));
            var d = TVector.Load(above + x - 1) + TVector.Load(above + x + 1) + (TVector.Load(below + x - 1) + TVector.Load(below + x + 1));
            (red, green, blue) = (TVector.MultiplyAdd(r3, d, red), TVector.MultiplyAdd(g3, d, green), TVector.MultiplyAdd(b3, d, blue));
            var h2 = TVector.Load(center + x - 2) + TVector.Load(center + x + 2);
            (red, green, blue) = (TVector.MultiplyAdd(r4, h2, red), TVector.MultiplyAdd(g4, h2, green), TVector.MultiplyAdd(b4, h2, blue));
            var v2 = TVector.Load(above2 + x) + TVector.Load(below2 + x);
            (red, green, blue) = (TVector.MultiplyAdd(r5, v2, red), TVector.MultiplyAdd(g5, v2, green), TVector.MultiplyAdd(b5, v2, blue));
            Store(red, green, blue, target, x);
        }

        TVector W(int i) => TVector.Load(weights + i * stride);
    }

    /// <summary>As <see cref="Malvar"/>, of whose six sums bilinear filters use the four near ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bilinear(float* above, float* center, float* below, int width, float* weights, ColorRow target)
    {
        const int stride = LinearDemosaicWeights.Stride;
        TVector r0 = W(0), r1 = W(1), r2 = W(2), r3 = W(3);
        TVector g0 = W(6), g1 = W(7), g2 = W(8), g3 = W(9);
        TVector b0 = W(12), b1 = W(13), b2 = W(14), b3 = W(15);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var c = TVector.Load(center + x);
            TVector red = r0 * c, green = g0 * c, blue = b0 * c;
            var h1 = TVector.Load(center + x - 1) + TVector.Load(center + x + 1);
            (red, green, blue) = (TVector.MultiplyAdd(r1, h1, red), TVector.MultiplyAdd(g1, h1, green), TVector.MultiplyAdd(b1, h1, blue));
            var v1 = TVector.Load(above + x) + TVector.Load(below + x);
            (red, green, blue) = (TVector.MultiplyAdd(r2, v1, red), TVector.MultiplyAdd(g2, v1, green), TVector.MultiplyAdd(b2, v1, blue));
            var d = TVector.Load(above + x - 1) + TVector.Load(above + x + 1) + (TVector.Load(below + x - 1) + TVector.Load(below + x + 1));
            (red, green, blue) = (TVector.MultiplyAdd(r3, d, red), TVector.MultiplyAdd(g3, d, green), TVector.MultiplyAdd(b3, d, blue));
            Store(red, green, blue, target, x);
        }

        TVector W(int i) => TVector.Load(weights + i * stride);
    }

    /// <summary>Stores a vector of linear RGB and its luma.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector red, TVector green, TVector blue, ColorRow target, int x)
    {
        red.Store(target.Red + x);
        green.Store(target.Green + x);
        blue.Store(target.Blue + x);
        var luma = TVector.Broadcast((float)IspKernels.Luma[0]) * red;
        luma = TVector.MultiplyAdd(TVector.Broadcast((float)IspKernels.Luma[1]), green, luma);
        TVector.MultiplyAdd(TVector.Broadcast((float)IspKernels.Luma[2]), blue, luma).Store(target.Luma + x);
    }
}
