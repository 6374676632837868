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

    public static void Process(FusedPlan plan, ReadOnlySpan<float> raw, int height, int width, Span<float> rgb, SimdWidth simd)
    {
        bool finite;
        fixed (float* source = raw, target = rgb)
            finite = Run(plan, source, height, width, target, 0, height, simd);
        if (!finite)
            ImageGuard.RequireFinite(raw, height, width, nameof(raw));
    }

    private static bool Run(FusedPlan plan, float* raw, int height, int width, float* rgb, int begin, int end, SimdWidth simd) => simd switch
    {
        SimdWidth.Bits512 => RowPipeline<Simd512>.Run(plan, raw, height, width, rgb, begin, end),
        SimdWidth.Bits256 => RowPipeline<Simd256>.Run(plan, raw, height, width, rgb, begin, end),
        _ => RowPipeline<Simd128>.Run(plan, raw, height, width, rgb, begin, end),
    };
}
