using System.Runtime.Intrinsics;

namespace Lens2Logit.Isp.Fused;

/// <summary>The widths for which the kernels are compiled; tests force each of them.</summary>
internal enum SimdWidth
{
    Bits128,
    Bits256,
    Bits512,
}

/// <summary>
/// <see cref="StaticIsp"/> at the speed of memory; <see cref="PlainStaticIsp"/> says stage by stage what it computes, and
/// <see cref="RowPipeline{TVector}"/> how.
/// </summary>
internal static unsafe class FusedStaticIsp
{
    /// <summary>The widest vectors that this processor handles well.</summary>
    public static SimdWidth Widest =>
        Vector512.IsHardwareAccelerated ? SimdWidth.Bits512 : Vector256.IsHardwareAccelerated ? SimdWidth.Bits256 : SimdWidth.Bits128;

    /// <summary>Develops an image.</summary>
    /// <param name="plan">The numbers.</param>
    /// <param name="raw">The mosaic.</param>
    /// <param name="height">Its height.</param>
    /// <param name="width">Its width.</param>
    /// <param name="rgb">Receives the view.</param>
    /// <param name="simd">Width of the vectors.</param>
    /// <param name="bands">Into how many bands of rows the image is divided, each developed by a thread; the result does not depend on it.</param>
    public static void Process(FusedPlan plan, ReadOnlySpan<float> raw, int height, int width, Span<float> rgb, SimdWidth simd, int bands = 1)
    {
        bool finite;
        fixed (float* source = raw, target = rgb)
        {
            finite = bands == 1
                ? Run(plan, source, height, width, target, 0, height, simd)
                : RunBands(plan, source, height, width, target, simd, Math.Min(bands, height));
        }
        if (!finite)
            ImageGuard.RequireFinite(raw, height, width, nameof(raw));
    }

    private static bool RunBands(FusedPlan plan, float* raw, int height, int width, float* rgb, SimdWidth simd, int bands)
    {
        int failed = 0;
        Parallel.For(0, bands, new ParallelOptions { MaxDegreeOfParallelism = bands }, band =>
        {
            int begin = (int)((long)height * band / bands), end = (int)((long)height * (band + 1) / bands);
            if (!Run(plan, raw, height, width, rgb, begin, end, simd))
                Interlocked.Exchange(ref failed, 1);
        });
        return failed == 0;
    }

    private static bool Run(FusedPlan plan, float* raw, int height, int width, float* rgb, int begin, int end, SimdWidth simd) => simd switch
    {
        SimdWidth.Bits512 => RowPipeline<Simd512>.Run(plan, raw, height, width, rgb, begin, end),
        SimdWidth.Bits256 => RowPipeline<Simd256>.Run(plan, raw, height, width, rgb, begin, end),
        _ => RowPipeline<Simd128>.Run(plan, raw, height, width, rgb, begin, end),
    };
}
