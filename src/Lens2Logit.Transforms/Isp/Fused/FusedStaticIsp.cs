using Lens2Logit.Simd;
using Lens2Logit.Threading;

namespace Lens2Logit.Isp.Fused;

/// <summary>
/// <see cref="StaticIsp"/> at the speed of memory; <see cref="PlainStaticIsp"/> says stage by stage what it computes, and
/// <see cref="RowPipeline{TVector}"/> how.
/// </summary>
internal static unsafe class FusedStaticIsp
{
    /// <summary>Views from here on are written past the caches, which they would only empty.</summary>
    private const long StreamedBytes = 32 << 20;

    // A worker's start takes as long as some 20,000 pixels.
    private const long LeastPixels = 1 << 16;

    // Several bands for each worker, because they may be held up differently; but a band computes some ten rows of its neighbours again.
    private const int BandsPerWorker = 4, LeastRows = 128;

    /// <summary>Develops an image.</summary>
    /// <param name="plan">The numbers.</param>
    /// <param name="raw">The mosaic.</param>
    /// <param name="height">Its height.</param>
    /// <param name="width">Its width.</param>
    /// <param name="rgb">Receives the view.</param>
    /// <param name="simd">Width of the vectors.</param>
    /// <param name="threads">The most threads that may develop bands of its rows.</param>
    /// <param name="bands">How many bands there are, on which the result does not depend; null to decide by the image's size.</param>
    /// <param name="storage">Whether the view is written past the caches; null to decide by its size.</param>
    public static void Process(FusedPlan plan, ReadOnlySpan<float> raw, int height, int width, Span<float> rgb, SimdWidth simd, int threads = 1,
        int? bands = null, ViewStorage? storage = null)
    {
        bool finite;
        fixed (float* source = raw, target = rgb)
            finite = RunBands(plan, new(source), height, width, new(target, storage ?? StorageFor(rgb.Length)), simd, threads, bands);
        if (!finite)
            ImageGuard.RequireFinite(raw, height, width, nameof(raw));
    }

    /// <summary>As for float32, from 16-bit numbers of which <paramref name="white"/> is 1.</summary>
    public static void Process(FusedPlan plan, ReadOnlySpan<ushort> raw, float white, int height, int width, Span<float> rgb, SimdWidth simd, int threads = 1,
        int? bands = null)
    {
        fixed (ushort* source = raw)
        fixed (float* target = rgb)
            RunBands(plan, new(source, white), height, width, new(target, StorageFor(rgb.Length)), simd, threads, bands);
    }

    /// <summary>As above, to 8 bits.</summary>
    public static void Process(FusedPlan plan, ReadOnlySpan<ushort> raw, float white, int height, int width, Span<byte> rgb, SimdWidth simd, int threads = 1,
        int? bands = null)
    {
        fixed (ushort* source = raw)
        fixed (byte* target = rgb)
            RunBands(plan, new(source, white), height, width, new(target, ViewStorage.Byte), simd, threads, bands);
    }

    /// <summary>Develops images that lie one after the other, several at a time.</summary>
    public static void ProcessBatch(FusedPlan plan, ReadOnlySpan<float> raw, int height, int width, Span<float> rgb, SimdWidth simd, int threads)
    {
        int pixels = height * width, images = raw.Length / pixels, failed = 0;
        fixed (float* source = raw, target = rgb)
        {
            float* from = source, to = target;
            var storage = StorageFor(rgb.Length);
            Workers.ForEach(images, Workers.For(threads, raw.Length, LeastPixels), image =>
            {
                if (!Run(plan, new(from + (nint)image * pixels), height, width, new(to + 3 * (nint)image * pixels, storage), 0, height, simd))
                    Interlocked.Exchange(ref failed, image + 1);
            });
        }
        if (failed > 0)
            ImageGuard.RequireFinite(raw.Slice((failed - 1) * pixels, pixels), height, width, $"{nameof(raw)}, image {failed - 1}");
    }

    private static ViewStorage StorageFor(long values) => values * sizeof(float) >= StreamedBytes ? ViewStorage.SingleStreaming : ViewStorage.Single;

    private static bool RunBands(FusedPlan plan, RawPixels raw, int height, int width, ViewPixels view, SimdWidth simd, int threads, int? bands)
    {
        int workers = bands is null ? Workers.For(threads, (long)height * width, LeastPixels) : threads;
        return workers == 1
            ? Run(plan, raw, height, width, view, 0, height, simd)
            : RunParallel(plan, raw, height, width, view, simd, workers, bands ?? Math.Clamp(height / LeastRows, workers, BandsPerWorker * workers));
    }

    // Apart from the case of one worker, for which nothing may be allocated.
    private static bool RunParallel(FusedPlan plan, RawPixels raw, int height, int width, ViewPixels view, SimdWidth simd, int workers, int bands)
    {
        int failed = 0;
        Workers.ForEach(bands, workers, band =>
        {
            int begin = (int)((long)height * band / bands), end = (int)((long)height * (band + 1) / bands);
            if (!Run(plan, raw, height, width, view, begin, end, simd))
                Interlocked.Exchange(ref failed, 1);
        });
        return failed == 0;
    }

    private static bool Run(FusedPlan plan, RawPixels raw, int height, int width, ViewPixels view, int begin, int end, SimdWidth simd) => simd switch
    {
        SimdWidth.Bits512 => RowPipeline<Simd512>.Run(plan, raw, height, width, view, begin, end),
        SimdWidth.Bits256 => RowPipeline<Simd256>.Run(plan, raw, height, width, view, begin, end),
        _ => RowPipeline<Simd128>.Run(plan, raw, height, width, view, begin, end),
    };
}
