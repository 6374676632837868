using Lens2Logit.Isp.Fused;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp;

/// <content>Pixels as a camera stores and a screen shows them, and several images at once.</content>
public sealed partial class StaticIsp
{
    /// <summary>The fused kernels' numbers where nothing has to be done to the pixels before.</summary>
    private FusedPlan? DirectPlan => _reference is null ? Plan : null;

    /// <summary>Develops one image as a camera stores it, with the result that the quotients DN / (2^bits − 1) would have.</summary>
    /// <param name="raw">The mosaic [H, W] in DN.</param>
    /// <param name="bitDepth">Bits of a pixel, 1 to 16: white is 2^bits − 1.</param>
    /// <param name="height">H, at least 4; odd is allowed.</param>
    /// <param name="width">W, at least 4; odd is allowed.</param>
    /// <param name="rgb">Receives the view [3, H, W] in [0, 1].</param>
    /// <param name="threads">Number of threads at most, at least 1; a small image is developed by fewer. Default 1.</param>
    /// <exception cref="ArgumentException">A span has the wrong length, the image is too small, or a number is out of range.</exception>
    public void Process(ReadOnlySpan<ushort> raw, int bitDepth, int height, int width, Span<float> rgb, int threads = 1)
    {
        float white = RequireIntegers(raw.Length, bitDepth, height, width, rgb.Length, threads);
        if (DirectPlan is { } plan)
            FusedStaticIsp.Process(plan, raw, white, height, width, rgb, SimdWidths.Widest, threads);
        else
            Process(Quotients(raw, white), height, width, rgb, threads);
    }

    /// <summary>Develops one image as a camera stores it to 8 bits, as a screen shows it: 255·v, rounded.</summary>
    /// <param name="raw">The mosaic [H, W] in DN.</param>
    /// <param name="bitDepth">Bits of a pixel, 1 to 16: white is 2^bits − 1.</param>
    /// <param name="height">H, at least 4; odd is allowed.</param>
    /// <param name="width">W, at least 4; odd is allowed.</param>
    /// <param name="rgb">Receives the view [3, H, W].</param>
    /// <param name="threads">Number of threads at most, at least 1; a small image is developed by fewer. Default 1.</param>
    /// <exception cref="ArgumentException">A span has the wrong length, the image is too small, or a number is out of range.</exception>
    public void Process(ReadOnlySpan<ushort> raw, int bitDepth, int height, int width, Span<byte> rgb, int threads = 1)
    {
        float white = RequireIntegers(raw.Length, bitDepth, height, width, rgb.Length, threads);
        if (DirectPlan is { } plan)
        {
            FusedStaticIsp.Process(plan, raw, white, height, width, rgb, SimdWidths.Widest, threads);
            return;
        }
        var view = new float[rgb.Length];
        Process(Quotients(raw, white), height, width, view.AsSpan(), threads);
        for (int i = 0; i < view.Length; i++)
            rgb[i] = (byte)(byte.MaxValue * view[i] + 0.5f);
    }

    /// <summary>Develops several images of one size, in parallel. The result does not depend on the number of threads.</summary>
    /// <param name="raw">The mosaics [N, H, W], DN / (2^bits − 1). They are not changed.</param>
    /// <param name="height">H, at least 4; odd is allowed.</param>
    /// <param name="width">W, at least 4; odd is allowed.</param>
    /// <param name="rgb">Receives the views [N, 3, H, W] in [0, 1].</param>
    /// <param name="threads">Number of threads at most, at least 1; little work is done by fewer.</param>
    /// <exception cref="ArgumentException">
    /// A span has the wrong length, the images are too small, or a pixel is NaN or infinite; <paramref name="rgb"/> is then undefined.
    /// </exception>
    public void ProcessBatch(ReadOnlySpan<float> raw, int height, int width, Span<float> rgb, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ImageGuard.RequireSize(height, width);
        int pixels = height * width;
        if (raw.Length % pixels != 0)
            throw new ArgumentException($"'raw' has {raw.Length} values, not a multiple of the {pixels} of an image {height}×{width}.", nameof(raw));
        ImageGuard.RequireLength(rgb.Length, 3L * raw.Length, nameof(rgb), "[N, 3, H, W]");
        if (DirectPlan is { } plan)
        {
            FusedStaticIsp.ProcessBatch(plan, raw, height, width, rgb, SimdWidths.Widest, threads);
            return;
        }
        for (int i = 0; i < raw.Length / pixels; i++)
            Process(raw.Slice(i * pixels, pixels), height, width, rgb.Slice(3 * i * pixels, 3 * pixels), threads);
    }

    private static float RequireIntegers(int rawLength, int bitDepth, int height, int width, int rgbLength, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bitDepth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bitDepth, 16);
        ImageGuard.RequireSize(height, width);
        ImageGuard.RequireLength(rawLength, height * width, "raw", "[H, W]");
        ImageGuard.RequireLength(rgbLength, 3 * height * width, "rgb", "[3, H, W]");
        return (1 << bitDepth) - 1;
    }

    private static ReadOnlySpan<float> Quotients(ReadOnlySpan<ushort> raw, float white)
    {
        var quotients = new float[raw.Length];
        for (int i = 0; i < raw.Length; i++)
            quotients[i] = raw[i] / white;
        return quotients;
    }
}
