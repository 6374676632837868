using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>
/// Kernels of the backward pass. Sums over a row stay in a vector per number: rows are padded with zeros in the gradient, so whole vectors
/// may be added.
/// </summary>
internal static unsafe class GradientRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    private const int Stride = SimdLimits.MaximumLanes;

    /// <summary>
    /// Through clip and gamma, y = z^(1/γ): ∂L/∂z = ∂L/∂y · y/(γz), zero where the clip cuts; and what γ receives, ∂L/∂y · y·ln z, added to
    /// <paramref name="gammaSum"/>.
    /// </summary>
    /// <param name="change">Y″ − Y.</param>
    /// <param name="color">Colours before the change of luma.</param>
    /// <param name="numbers">The plan's numbers.</param>
    /// <param name="gradient">∂L/∂y.</param>
    /// <param name="inverseGamma">1/γ.</param>
    /// <param name="gammaFloor">γ learns from linear values from here up.</param>
    /// <param name="width">Columns.</param>
    /// <param name="target">Receives ∂L/∂z, and in its luma the sum over the colours.</param>
    /// <param name="gammaSum">A vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ThroughGamma(float* change, ColorRow color, float* numbers, OutputRow gradient, float inverseGamma, float gammaFloor,
        int width, ColorRow target, float* gammaSum)
    {
        ColorRow source = new(color.Red, color.Green, color.Blue, color.Luma), result = new(target.Red, target.Green, target.Blue, target.Luma);
        OutputRow given = new(gradient.Red, gradient.Green, gradient.Blue);
        var curve = new GammaVectors<TVector>(numbers + ParametrizedPlan.Curve);
        TVector floor = TVector.Broadcast((float)IspKernels.Floor), one = TVector.Broadcast(1), zero = TVector.Broadcast(0);
        TVector exponent = TVector.Broadcast(inverseGamma), lowest = TVector.Broadcast(gammaFloor), sum = TVector.Load(gammaSum);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var difference = TVector.Load(change + x);
            TVector r = TVector.Load(source.Red + x) + difference, g = TVector.Load(source.Green + x) + difference, b = TVector.Load(source.Blue + x) + difference;
            TVector zr = TVector.Min(TVector.Max(r, floor), one), zg = TVector.Min(TVector.Max(g, floor), one), zb = TVector.Min(TVector.Max(b, floor), one);
            TVector yr = zr, yg = zg, yb = zb;
            curve.Apply(ref yr, ref yg, ref yb);
            yr = yr * TVector.Load(given.Red + x);
            yg = yg * TVector.Load(given.Green + x);
            yb = yb * TVector.Load(given.Blue + x);
            TVector lr = zr, lg = zg, lb = zb;
            Logarithm(ref lr, ref lg, ref lb, numbers + ParametrizedPlan.Logarithm);
            sum = TVector.MultiplyAdd(TVector.Select(TVector.GreaterOrEqual(r, lowest), yr, zero), lr, sum);
            sum = TVector.MultiplyAdd(TVector.Select(TVector.GreaterOrEqual(g, lowest), yg, zero), lg, sum);
            sum = TVector.MultiplyAdd(TVector.Select(TVector.GreaterOrEqual(b, lowest), yb, zero), lb, sum);
            // The clip passes what it does not change.
            yr = TVector.Select(TVector.Equal(r, zr), yr * exponent / zr, zero);
            yg = TVector.Select(TVector.Equal(g, zg), yg * exponent / zg, zero);
            yb = TVector.Select(TVector.Equal(b, zb), yb * exponent / zb, zero);
            yr.Store(result.Red + x);
            yg.Store(result.Green + x);
            yb.Store(result.Blue + x);
            (yr + yg + yb).Store(result.Luma + x);
        }
        sum.Store(gammaSum);
    }

    /// <summary>Adds what the colours receive through luma, and zero their margins.</summary>
    /// <param name="sharpened">∂L/∂Y through sharpening.</param>
    /// <param name="change">∂L/∂(Y″ − Y).</param>
    /// <param name="width">Columns.</param>
    /// <param name="color">∂L/∂z; becomes the gradient of the colours.</param>
    /// <param name="sums">Three vectors, to which the row is added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ThroughLuma(float* sharpened, float* change, int width, ColorRow color, float* sums)
    {
        TVector red = TVector.Broadcast((float)IspKernels.Luma[0]), green = TVector.Broadcast((float)IspKernels.Luma[1]), blue = TVector.Broadcast((float)IspKernels.Luma[2]);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var luma = TVector.Load(sharpened + x) - TVector.Load(change + x);
            TVector.MultiplyAdd(red, luma, TVector.Load(color.Red + x)).Store(color.Red + x);
            TVector.MultiplyAdd(green, luma, TVector.Load(color.Green + x)).Store(color.Green + x);
            TVector.MultiplyAdd(blue, luma, TVector.Load(color.Blue + x)).Store(color.Blue + x);
        }
        // Sharpening reaches one column beyond the image.
        for (int x = width; x < width + TVector.Lanes; x++)
            color.Red[x] = color.Green[x] = color.Blue[x] = 0;
        TVector sumRed = TVector.Load(sums), sumGreen = TVector.Load(sums + Stride), sumBlue = TVector.Load(sums + 2 * Stride);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            sumRed = sumRed + TVector.Load(color.Red + x);
            sumGreen = sumGreen + TVector.Load(color.Green + x);
            sumBlue = sumBlue + TVector.Load(color.Blue + x);
        }
        sumRed.Store(sums);
        sumGreen.Store(sums + Stride);
        sumBlue.Store(sums + 2 * Stride);
    }

    /// <summary>Adds Σ gradient_l · source at three taps to nine vectors [j, l]: a row of the folded kernel's gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FoldWeights(ColorRow gradient, float* source, int width, float* sums)
    {
        TVector r0 = S(0), g0 = S(1), b0 = S(2), r1 = S(3), g1 = S(4), b1 = S(5), r2 = S(6), g2 = S(7), b2 = S(8);
        float* red = gradient.Red, green = gradient.Green, blue = gradient.Blue;
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            TVector r = TVector.Load(red + x), g = TVector.Load(green + x), b = TVector.Load(blue + x);
            TVector left = TVector.Load(source + x - 1), center = TVector.Load(source + x), right = TVector.Load(source + x + 1);
            r0 = TVector.MultiplyAdd(r, left, r0);
            g0 = TVector.MultiplyAdd(g, left, g0);
            b0 = TVector.MultiplyAdd(b, left, b0);
            r1 = TVector.MultiplyAdd(r, center, r1);
            g1 = TVector.MultiplyAdd(g, center, g1);
            b1 = TVector.MultiplyAdd(b, center, b1);
            r2 = TVector.MultiplyAdd(r, right, r2);
            g2 = TVector.MultiplyAdd(g, right, g2);
            b2 = TVector.MultiplyAdd(b, right, b2);
        }
        r0.Store(sums);
        g0.Store(sums + Stride);
        b0.Store(sums + 2 * Stride);
        r1.Store(sums + 3 * Stride);
        g1.Store(sums + 4 * Stride);
        b1.Store(sums + 5 * Stride);
        r2.Store(sums + 6 * Stride);
        g2.Store(sums + 7 * Stride);
        b2.Store(sums + 8 * Stride);

        TVector S(int i) => TVector.Load(sums + i * Stride);
    }

    /// <summary>Adds Σ gradient · source at nine taps to nine vectors: the gradient of a 3×3 kernel. Rows of the source carry a margin of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights3(float* gradient, float* above, float* center, float* below, int width, float* sums)
    {
        TVector s0 = S(0), s1 = S(1), s2 = S(2), s3 = S(3), s4 = S(4), s5 = S(5), s6 = S(6), s7 = S(7), s8 = S(8);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var g = TVector.Load(gradient + x);
            s0 = TVector.MultiplyAdd(g, TVector.Load(above + x - 1), s0);
            s1 = TVector.MultiplyAdd(g, TVector.Load(above + x), s1);
            s2 = TVector.MultiplyAdd(g, TVector.Load(above + x + 1), s2);
            s3 = TVector.MultiplyAdd(g, TVector.Load(center + x - 1), s3);
            s4 = TVector.MultiplyAdd(g, TVector.Load(center + x), s4);
            s5 = TVector.MultiplyAdd(g, TVector.Load(center + x + 1), s5);
            s6 = TVector.MultiplyAdd(g, TVector.Load(below + x - 1), s6);
            s7 = TVector.MultiplyAdd(g, TVector.Load(below + x), s7);
            s8 = TVector.MultiplyAdd(g, TVector.Load(below + x + 1), s8);
        }
        s0.Store(sums);
        s1.Store(sums + Stride);
        s2.Store(sums + 2 * Stride);
        s3.Store(sums + 3 * Stride);
        s4.Store(sums + 4 * Stride);
        s5.Store(sums + 5 * Stride);
        s6.Store(sums + 6 * Stride);
        s7.Store(sums + 7 * Stride);
        s8.Store(sums + 8 * Stride);

        TVector S(int i) => TVector.Load(sums + i * Stride);
    }

    /// <summary>Adds Σ gradient · source at five taps to five vectors: a row of the 5×5 kernel's gradient. The source carries a margin of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights5(float* gradient, float* source, int width, float* sums)
    {
        TVector s0 = S(0), s1 = S(1), s2 = S(2), s3 = S(3), s4 = S(4);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var g = TVector.Load(gradient + x);
            s0 = TVector.MultiplyAdd(g, TVector.Load(source + x - 2), s0);
            s1 = TVector.MultiplyAdd(g, TVector.Load(source + x - 1), s1);
            s2 = TVector.MultiplyAdd(g, TVector.Load(source + x), s2);
            s3 = TVector.MultiplyAdd(g, TVector.Load(source + x + 1), s3);
            s4 = TVector.MultiplyAdd(g, TVector.Load(source + x + 2), s4);
        }
        s0.Store(sums);
        s1.Store(sums + Stride);
        s2.Store(sums + 2 * Stride);
        s3.Store(sums + 3 * Stride);
        s4.Store(sums + 4 * Stride);

        TVector S(int i) => TVector.Load(sums + i * Stride);
    }

    /// <summary>ln z for z in (0, 1], by exponent and a polynomial of the mantissa.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Logarithm(ref TVector r, ref TVector g, ref TVector b, float* polynomial)
    {
        TVector center = TVector.Broadcast(1.5f), ln2 = TVector.Broadcast(0.693147181f);
        TVector rm = TVector.Mantissa(r) - center, gm = TVector.Mantissa(g) - center, bm = TVector.Mantissa(b) - center;
        TVector rs = TVector.Broadcast(polynomial[ParametrizedPlan.LogarithmDegree]), gs = rs, bs = rs;
        for (int i = ParametrizedPlan.LogarithmDegree - 1; i >= 0; i--)
        {
            var c = TVector.Broadcast(polynomial[i]);
            rs = TVector.MultiplyAdd(rs, rm, c);
            gs = TVector.MultiplyAdd(gs, gm, c);
            bs = TVector.MultiplyAdd(bs, bm, c);
        }
        r = TVector.MultiplyAdd(TVector.Exponent(r), ln2, rs);
        g = TVector.MultiplyAdd(TVector.Exponent(g), ln2, gs);
        b = TVector.MultiplyAdd(TVector.Exponent(b), ln2, bs);
    }
}
