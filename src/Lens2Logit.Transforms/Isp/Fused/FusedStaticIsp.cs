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

    /// <summary>Views from here on are written past the caches, which they would only empty.</summary>
    private const long StreamedBytes = 32 << 20;

    /// <summary>Develops an image.</summary>
    /// <param name="plan">The numbers.</param>
    /// <param name="raw">The mosaic.</param>
    /// <param name="height">Its height.</param>
    /// <param name="width">Its width.</param>
    /// <param name="rgb">Receives the view.</param>
    /// <param name="simd">Width of the vectors.</param>
    /// <param name="bands">Into how many bands of rows the image is divided, each developed by a thread; the result does not depend on it.</param>
    /// <param name="storage">Whether the view is written past the caches; null to decide by its size.</param>
    public static void Process(FusedPlan plan, ReadOnlySpan<float> raw, int height, int width, Span<float> rgb, SimdWidth simd, int bands = 1,
        ViewStorage? storage = null)
    {
        bool finite;
        fixed (float* source = raw, target = rgb)
            finite = RunBands(plan, new(source), height, width, new(target, storage ?? StorageFor(rgb.Length)), simd, bands);
        if (!finite)
            ImageGuard.RequireFinite(raw, height, width, nameof(raw));
    }

    /// <summary>As for float32, from 16-bit numbers of which <paramref name="white"/> is 1.</summary>
    public static void Process(FusedPlan plan, ReadOnlySpan<ushort> raw, float white, int height, int width, Span<float> rgb, SimdWidth simd, int bands = 1)
    {
        fixed (ushort* source = raw)
        fixed (float* target = rgb)
            RunBands(plan, new(source, white), height, width, new(target, StorageFor(rgb.Length)), simd, bands);
    }

    /// <summary>As above, to 8 bits.</summary>
    public static void Process(FusedPlan plan, ReadOnlySpan<ushort> raw, float white, int height, int width, Span<byte> rgb, SimdWidth simd, int bands = 1)
    {
        fixed (ushort* source = raw)
        fixed (byte* target = rgb)
            RunBands(plan, new(source, white), height, width, new(target, ViewStorage.Byte), simd, bands);
    }

    /// <summary>Develops images one behind the other, several at a time.</summary>
    public static void ProcessBatch(FusedPlan plan, ReadOnlySpan<float> raw, int height, int width, Span<float> rgb, SimdWidth simd, int threads)
    {
        int pixels = height * width, images = raw.Length / pixels, failed = 0;
        fixed (float* source = raw, target = rgb)
        {
            float* from = source, to = target;
            var storage = StorageFor(rgb.Length);
            Each(images, threads, image =>
            {
                if (!Run(plan, new(from + (nint)image * pixels), height, width, new(to + 3 * (nint)image * pixels, storage), 0, height, simd))
                    Interlocked.Exchange(ref failed, image + 1);
            });
        }
        if (failed > 0)
            ImageGuard.RequireFinite(raw.Slice((failed - 1) * pixels, pixels), height, width, $"{nameof(raw)}, image {failed - 1}");
    }

    private static ViewStorage StorageFor(long values) => values * sizeof(float) >= StreamedBytes ? ViewStorage.SingleStreaming : ViewStorage.Single;

    private static bool RunBands(FusedPlan plan, RawImage raw, int height, int width, ViewImage view, SimdWidth simd, int bands) => bands == 1
        ? Run(plan, raw, height, width, view, 0, height, simd)
        : RunParallel(plan, raw, height, width, view, simd, Math.Min(bands, height));

    // Apart from the case of one band, for which nothing may be allocated.
    private static bool RunParallel(FusedPlan plan, RawImage raw, int height, int width, ViewImage view, SimdWidth simd, int bands)
    {
        int failed = 0;
        Each(bands, bands, band =>
        {
            int begin = (int)((long)height * band / bands), end = (int)((long)height * (band + 1) / bands);
            if (!Run(plan, raw, height, width, view, begin, end, simd))
                Interlocked.Exchange(ref failed, 1);
        });
        return failed == 0;
    }

    private static void Each(int count, int threads, Action<int> run) =>
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, run);

    private static bool Run(FusedPlan plan, RawImage raw, int height, int width, ViewImage view, int begin, int end, SimdWidth simd) => simd switch
    {
        SimdWidth.Bits512 => RowPipeline<Simd512>.Run(plan, raw, height, width, view, begin, end),
        SimdWidth.Bits256 => RowPipeline<Simd256>.Run(plan, raw, height, width, view, begin, end),
        _ => RowPipeline<Simd128>.Run(plan, raw, height, width, view, begin, end),
    };
}
