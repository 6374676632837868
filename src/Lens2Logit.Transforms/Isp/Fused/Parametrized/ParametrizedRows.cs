using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>Kernels on rows whose weights are all free, used forward and, with the weights transposed, backward.</summary>
internal static unsafe class ParametrizedRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    private const int Stride = SimdLimits.MaximumLanes;

    /// <summary>Mosaic to linear RGB and luma. Weights [i, j, l], a vector each; rows carry a margin of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fold(float* above, float* center, float* below, int width, float* weights, ColorRow target)
    {
        TVector r0 = W(0), g0 = W(1), b0 = W(2), r1 = W(3), g1 = W(4), b1 = W(5), r2 = W(6), g2 = W(7), b2 = W(8);
        TVector r3 = W(9), g3 = W(10), b3 = W(11), r4 = W(12), g4 = W(13), b4 = W(14), r5 = W(15), g5 = W(16), b5 = W(17);
        TVector r6 = W(18), g6 = W(19), b6 = W(20), r7 = W(21), g7 = W(22), b7 = W(23), r8 = W(24), g8 = W(25), b8 = W(26);
        ColorRow result = new(target.Red, target.Green, target.Blue, target.Luma);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var m = TVector.Load(above + x - 1);
            TVector red = r0 * m, green = g0 * m, blue = b0 * m;
            Add(above + x, r1, g1, b1, ref red, ref green, ref blue);
            Add(above + x + 1, r2, g2, b2, ref red, ref green, ref blue);
            Add(center + x - 1, r3, g3, b3, ref red, ref green, ref blue);
            Add(center + x, r4, g4, b4, ref red, ref green, ref blue);
            Add(center + x + 1, r5, g5, b5, ref red, ref green, ref blue);
            Add(below + x - 1, r6, g6, b6, ref red, ref green, ref blue);
            Add(below + x, r7, g7, b7, ref red, ref green, ref blue);
            Add(below + x + 1, r8, g8, b8, ref red, ref green, ref blue);
            DemosaicRows<TVector>.Store(red, green, blue, result, x);
        }

        TVector W(int i) => TVector.Load(weights + i * Stride);
    }

    /// <summary>The transpose of <see cref="Fold"/>: three rows of three colours to a row of the mosaic, added to what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTransposed(ColorRow above, ColorRow center, ColorRow below, int width, float* weights, float* target)
    {
        AddRow(above, width, weights, target);
        AddRow(center, width, weights + 9 * Stride, target);
        AddRow(below, width, weights + 18 * Stride, target);
    }

    /// <summary>A 3×3 kernel on a row and its neighbours, which carry a margin of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Correlate3(float* above, float* center, float* below, int width, float* weights, float* target)
    {
        TVector w0 = W(0), w1 = W(1), w2 = W(2), w3 = W(3), w4 = W(4), w5 = W(5), w6 = W(6), w7 = W(7), w8 = W(8);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var sum = w4 * TVector.Load(center + x);
            var sides = w3 * TVector.Load(center + x - 1);
            sides = TVector.MultiplyAdd(w5, TVector.Load(center + x + 1), sides);
            sum = TVector.MultiplyAdd(w0, TVector.Load(above + x - 1), sum);
            sides = TVector.MultiplyAdd(w1, TVector.Load(above + x), sides);
            sum = TVector.MultiplyAdd(w2, TVector.Load(above + x + 1), sum);
            sides = TVector.MultiplyAdd(w6, TVector.Load(below + x - 1), sides);
            sum = TVector.MultiplyAdd(w7, TVector.Load(below + x), sum);
            sides = TVector.MultiplyAdd(w8, TVector.Load(below + x + 1), sides);
            (sum + sides).Store(target + x);
        }

        TVector W(int i) => TVector.Broadcast(weights[i]);
    }

    /// <summary>A 5×5 kernel on five rows, which carry a margin of two; plus <paramref name="factor"/> times the row <paramref name="added"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Correlate5(float** rows, int width, float* weights, float* added, float factor, float* target)
    {
        TVector w0 = W(0), w1 = W(1), w2 = W(2), w3 = W(3), w4 = W(4), w5 = W(5), w6 = W(6), w7 = W(7), w8 = W(8), w9 = W(9);
        TVector w10 = W(10), w11 = W(11), w12 = W(12), w13 = W(13), w14 = W(14), w15 = W(15), w16 = W(16), w17 = W(17), w18 = W(18), w19 = W(19);
        TVector w20 = W(20), w21 = W(21), w22 = W(22), w23 = W(23), w24 = W(24), scale = TVector.Broadcast(factor);
        float* a = rows[0], b = rows[1], c = rows[2], d = rows[3], e = rows[4];
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var sum = Row(c + x, w10, w11, w12, w13, w14, scale * TVector.Load(added + x));
            var outer = Row(a + x, w0, w1, w2, w3, w4, w20 * TVector.Load(e + x - 2));
            sum = Row(b + x, w5, w6, w7, w8, w9, sum);
            outer = TVector.MultiplyAdd(w21, TVector.Load(e + x - 1), outer);
            outer = TVector.MultiplyAdd(w22, TVector.Load(e + x), outer);
            outer = TVector.MultiplyAdd(w23, TVector.Load(e + x + 1), outer);
            outer = TVector.MultiplyAdd(w24, TVector.Load(e + x + 2), outer);
            sum = Row(d + x, w15, w16, w17, w18, w19, sum);
            (sum + outer).Store(target + x);
        }

        TVector W(int i) => TVector.Broadcast(weights[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Row(float* source, TVector w0, TVector w1, TVector w2, TVector w3, TVector w4, TVector sum)
    {
        sum = TVector.MultiplyAdd(w0, TVector.Load(source - 2), sum);
        sum = TVector.MultiplyAdd(w1, TVector.Load(source - 1), sum);
        sum = TVector.MultiplyAdd(w2, TVector.Load(source), sum);
        sum = TVector.MultiplyAdd(w3, TVector.Load(source + 1), sum);
        return TVector.MultiplyAdd(w4, TVector.Load(source + 2), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* source, TVector r, TVector g, TVector b, ref TVector red, ref TVector green, ref TVector blue)
    {
        var m = TVector.Load(source);
        red = TVector.MultiplyAdd(r, m, red);
        green = TVector.MultiplyAdd(g, m, green);
        blue = TVector.MultiplyAdd(b, m, blue);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(ColorRow source, int width, float* weights, float* target)
    {
        TVector r0 = W(0), g0 = W(1), b0 = W(2), r1 = W(3), g1 = W(4), b1 = W(5), r2 = W(6), g2 = W(7), b2 = W(8);
        float* red = source.Red, green = source.Green, blue = source.Blue;
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var sum = TVector.MultiplyAdd(r0, TVector.Load(red + x - 1), TVector.Load(target + x));
            sum = TVector.MultiplyAdd(r1, TVector.Load(red + x), sum);
            sum = TVector.MultiplyAdd(r2, TVector.Load(red + x + 1), sum);
            var second = g0 * TVector.Load(green + x - 1);
            second = TVector.MultiplyAdd(g1, TVector.Load(green + x), second);
            second = TVector.MultiplyAdd(g2, TVector.Load(green + x + 1), second);
            sum = TVector.MultiplyAdd(b0, TVector.Load(blue + x - 1), sum);
            second = TVector.MultiplyAdd(b1, TVector.Load(blue + x), second);
            sum = TVector.MultiplyAdd(b2, TVector.Load(blue + x + 1), sum);
            (sum + second).Store(target + x);
        }

        TVector W(int i) => TVector.Load(weights + i * Stride);
    }
}
