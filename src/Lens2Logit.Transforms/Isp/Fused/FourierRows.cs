using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>
/// The published Fourier denoising as what it is, a circular convolution of each row with a fixed kernel (see
/// <see cref="FourierDenoising"/>, the plain version). Four vectors of columns, B in all, are added up at once in three colours:
/// <code>
///   kernel (even, periodic)  k[x − i] … k[x + B − 1 − i] ──┬── × red[i]   ─→ Σ
///   loaded once for the three colours                      ├── × green[i] ─→ Σ
///                                                          └── × blue[i]  ─→ Σ
/// </code>
/// </summary>
internal static unsafe class FourierRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    /// <summary>Rows of memory for the kernel: two periods, and a block more.</summary>
    public const int Slots = 4;

    private const int Block = 4;

    /// <summary>
    /// Two periods of the kernel: the mean over the kept frequencies of cos(2πfn/W), by Σ_{f=a}^{b−1} cos(fθ) =
    /// (sin((b − ½)θ) − sin((a − ½)θ)) / (2·sin(θ/2)).
    /// </summary>
    public static void FillKernel(int width, float* kernel)
    {
        int first = (int)(width * IspKernels.FourierKeepFraction), end = (int)(width * (1 - IspKernels.FourierKeepFraction));
        kernel[0] = (float)((first + width - end) / (double)width);
        for (int n = 1; n < width; n++)
        {
            double half = Math.PI * n / width;
            double removed = (Math.Sin((2 * end - 1) * half) - Math.Sin((2 * first - 1) * half)) / (2 * Math.Sin(half));
            // All frequencies together cancel.
            kernel[n] = (float)(-removed / width);
        }
        for (int n = width; n < 2 * width + Block * TVector.Lanes; n++)
            kernel[n] = kernel[n - width];
    }

    /// <summary>Filters a row of each colour; whole vectors are written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Filter(OutputRow source, float* kernel, int width, ColorRow target)
    {
        float* red = source.Red, green = source.Green, blue = source.Blue;
        float* redResult = target.Red, greenResult = target.Green, blueResult = target.Blue;
        int x = 0, lanes = TVector.Lanes;
        for (; x <= width - Block * lanes; x += Block * lanes)
        {
            TVector r0 = TVector.Broadcast(0), r1 = r0, r2 = r0, r3 = r0, g0 = r0, g1 = r0, g2 = r0, g3 = r0, b0 = r0, b1 = r0, b2 = r0, b3 = r0;
            float* k = kernel + width + x;
            for (int i = 0; i < width; i++, k--)
            {
                TVector k0 = TVector.Load(k), k1 = TVector.Load(k + lanes), k2 = TVector.Load(k + 2 * lanes), k3 = TVector.Load(k + 3 * lanes);
                TVector r = TVector.Broadcast(red[i]), g = TVector.Broadcast(green[i]), b = TVector.Broadcast(blue[i]);
                (r0, r1, r2, r3) = (TVector.MultiplyAdd(r, k0, r0), TVector.MultiplyAdd(r, k1, r1), TVector.MultiplyAdd(r, k2, r2), TVector.MultiplyAdd(r, k3, r3));
                (g0, g1, g2, g3) = (TVector.MultiplyAdd(g, k0, g0), TVector.MultiplyAdd(g, k1, g1), TVector.MultiplyAdd(g, k2, g2), TVector.MultiplyAdd(g, k3, g3));
                (b0, b1, b2, b3) = (TVector.MultiplyAdd(b, k0, b0), TVector.MultiplyAdd(b, k1, b1), TVector.MultiplyAdd(b, k2, b2), TVector.MultiplyAdd(b, k3, b3));
            }
            Store(r0, r1, r2, r3, redResult + x);
            Store(g0, g1, g2, g3, greenResult + x);
            Store(b0, b1, b2, b3, blueResult + x);
        }
        for (; x < width; x += lanes)
        {
            TVector r0 = TVector.Broadcast(0), g0 = r0, b0 = r0;
            float* k = kernel + width + x;
            for (int i = 0; i < width; i++, k--)
            {
                var k0 = TVector.Load(k);
                r0 = TVector.MultiplyAdd(TVector.Broadcast(red[i]), k0, r0);
                g0 = TVector.MultiplyAdd(TVector.Broadcast(green[i]), k0, g0);
                b0 = TVector.MultiplyAdd(TVector.Broadcast(blue[i]), k0, b0);
            }
            r0.Store(redResult + x);
            g0.Store(greenResult + x);
            b0.Store(blueResult + x);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector a, TVector b, TVector c, TVector d, float* target)
    {
        a.Store(target);
        b.Store(target + TVector.Lanes);
        c.Store(target + 2 * TVector.Lanes);
        d.Store(target + 3 * TVector.Lanes);
    }
}
