using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>
/// The last kernels of a row: the rest of denoising, and what follows it, in one loop.
/// <code>
///   denoised luma Y″ ─┐
///   luma Y ───────────┴─ Y″ − Y ─┬─ + R ─ clip ─ v^(1/γ) ─→ output
///                                ├─ + G ─ clip ─ v^(1/γ) ─→ output
///                                └─ + B ─ clip ─ v^(1/γ) ─→ output
/// </code>
/// </summary>
internal static unsafe class OutputRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    /// <summary>Gaussian denoising: the five taps along the row, of luma already filtered along columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gaussian<TStore>(float* vertical, float* weights, ColorRow color, GammaCurve gamma, int width, OutputRow target)
        where TStore : IVectorStore<TVector>
    {
        TVector w0 = TVector.Broadcast(weights[0]), w1 = TVector.Broadcast(weights[1]), w2 = TVector.Broadcast(weights[2]);
        var curve = new GammaVectors<TVector>(gamma.Table);
        // Arguments on the stack are read again and again; local copies stay in registers.
        ColorRow source = new(color.Red, color.Green, color.Blue, color.Luma);
        OutputRow result = new(target.Red, target.Green, target.Blue);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            float* v = vertical + x;
            var luma = w0 * TVector.Load(v);
            luma = TVector.MultiplyAdd(w1, TVector.Load(v - 1) + TVector.Load(v + 1), luma);
            luma = TVector.MultiplyAdd(w2, TVector.Load(v - 2) + TVector.Load(v + 2), luma);
            Finish<TStore>(luma, source, in curve, x, result);
        }
    }

    /// <summary>
    /// Median denoising of columns already sorted: the median of nine is that of the largest low, the median middle and the smallest high.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Median<TStore>(float* low, float* middle, float* high, ColorRow color, GammaCurve gamma, int width, OutputRow target)
        where TStore : IVectorStore<TVector>
    {
        var curve = new GammaVectors<TVector>(gamma.Table);
        // Arguments on the stack are read again and again; local copies stay in registers.
        ColorRow source = new(color.Red, color.Green, color.Blue, color.Luma);
        OutputRow result = new(target.Red, target.Green, target.Blue);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var largest = TVector.Max(TVector.Max(TVector.Load(low + x - 1), TVector.Load(low + x)), TVector.Load(low + x + 1));
            var smallest = TVector.Min(TVector.Min(TVector.Load(high + x - 1), TVector.Load(high + x)), TVector.Load(high + x + 1));
            var median = MedianOf(TVector.Load(middle + x - 1), TVector.Load(middle + x), TVector.Load(middle + x + 1));
            Finish<TStore>(MedianOf(largest, median, smallest), source, in curve, x, result);
        }
    }

    /// <summary>Red, green and blue with their sharpened luma, linear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sharpened(float* luma, ColorRow color, int width, OutputRow target)
    {
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var change = TVector.Load(luma + x) - TVector.Load(color.Luma + x);
            (TVector.Load(color.Red + x) + change).Store(target.Red + x);
            (TVector.Load(color.Green + x) + change).Store(target.Green + x);
            (TVector.Load(color.Blue + x) + change).Store(target.Blue + x);
        }
    }

    /// <summary>A change of luma that is known already; values are raised to <paramref name="floor"/> at least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Change<TStore>(float* change, ColorRow color, float* gamma, float floor, int width, OutputRow target)
        where TStore : IVectorStore<TVector>
    {
        ColorRow source = new(color.Red, color.Green, color.Blue, color.Luma);
        OutputRow result = new(target.Red, target.Green, target.Blue);
        var curve = new GammaVectors<TVector>(gamma);
        var lowest = TVector.Broadcast(floor);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var difference = TVector.Load(change + x);
            var red = TVector.Max(TVector.Load(source.Red + x) + difference, lowest);
            var green = TVector.Max(TVector.Load(source.Green + x) + difference, lowest);
            var blue = TVector.Max(TVector.Load(source.Blue + x) + difference, lowest);
            curve.Apply(ref red, ref green, ref blue);
            Store<TStore>(red, green, blue, result, x);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector MedianOf(TVector a, TVector b, TVector c) =>
        TVector.Max(TVector.Min(a, b), TVector.Min(TVector.Max(a, b), c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TStore>(TVector luma, ColorRow color, in GammaVectors<TVector> curve, int x, OutputRow target)
        where TStore : IVectorStore<TVector>
    {
        var change = luma - TVector.Load(color.Luma + x);
        TVector red = TVector.Load(color.Red + x) + change, green = TVector.Load(color.Green + x) + change;
        var blue = TVector.Load(color.Blue + x) + change;
        curve.Apply(ref red, ref green, ref blue);
        Store<TStore>(red, green, blue, target, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TStore>(TVector red, TVector green, TVector blue, OutputRow target, int x)
        where TStore : IVectorStore<TVector>
    {
        TStore.Store(red, target.Red + x);
        TStore.Store(green, target.Green + x);
        TStore.Store(blue, target.Blue + x);
    }
}
