using System.Numerics;
using System.Runtime.InteropServices;
using Lens2Logit.Isp.Fused;

namespace Lens2Logit.Isp;

/// <summary>
/// Develops a raw Bayer image with fixed operations: black level → demosaic → white balance and colour matrix → sharpen → denoise →
/// clip to [0, 1] → gamma. Nothing is clipped before the last two steps.
/// </summary>
/// <remarks>
/// Source: the paper's static pipelines (TMLR 2023, section 3; 12 configurations), numerically equal to its code where that is not
/// defective; see <see cref="SharpeningMethod.VerticalUnsharpMask"/> for the one stage that differs. Immutable and thread safe.
/// </remarks>
/// <example>
/// <code>
/// var isp = new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse("ma,s,ga"));
/// var rgb = new float[3 * height * width];
/// isp.Process&lt;float&gt;(raw, height, width, rgb);
/// </code>
/// </example>
public sealed class StaticIsp
{
    /// <summary>Creates the pipeline.</summary>
    /// <param name="camera">The camera's parameters.</param>
    /// <param name="configuration">The methods.</param>
    /// <param name="gamma">Display gamma γ > 0; the output is v^(1/γ). Default 2.2.</param>
    /// <exception cref="ArgumentException">The camera's parameters, the configuration or gamma are not valid.</exception>
    public StaticIsp(CameraParameters camera, IspConfiguration configuration, double gamma = IspKernels.Gamma)
    {
        ArgumentNullException.ThrowIfNull(camera);
        camera.Validate();
        configuration.Validate();
        if (!(gamma > 0) || !double.IsFinite(gamma))
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Gamma must be a positive finite number.");
        Camera = camera;
        Configuration = configuration;
        Gamma = gamma;
        Plan = FusedPlan.For(this);
    }

    /// <summary>The camera's parameters.</summary>
    public CameraParameters Camera { get; }

    /// <summary>The methods.</summary>
    public IspConfiguration Configuration { get; }

    /// <summary>Display gamma γ.</summary>
    public double Gamma { get; }

    /// <summary>What the fast path needs; null where <see cref="PlainStaticIsp"/> does the work.</summary>
    internal FusedPlan? Plan { get; }

    /// <summary>Develops one image.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="raw">The mosaic [H, W], DN / (2^bits − 1), nominally in [0, 1]. It is not changed.</param>
    /// <param name="height">H, at least 4; odd is allowed.</param>
    /// <param name="width">W, at least 4; odd is allowed.</param>
    /// <param name="rgb">Receives the view [3, H, W] in [0, 1].</param>
    /// <exception cref="ArgumentException">
    /// A span has the wrong length, the image is too small, or a pixel is NaN or infinite; <paramref name="rgb"/> is then undefined.
    /// </exception>
    public void Process<T>(ReadOnlySpan<T> raw, int height, int width, Span<T> rgb)
        where T : struct, IFloatingPointIeee754<T> => Process(raw, height, width, rgb, threads: 1);

    /// <summary>Develops one image, a large one on several threads. The result is the same for any number of them.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="raw">The mosaic [H, W], DN / (2^bits − 1), nominally in [0, 1]. It is not changed.</param>
    /// <param name="height">H, at least 4; odd is allowed.</param>
    /// <param name="width">W, at least 4; odd is allowed.</param>
    /// <param name="rgb">Receives the view [3, H, W] in [0, 1].</param>
    /// <param name="threads">Number of threads, at least 1. Only <see cref="float"/> uses more than one.</param>
    /// <exception cref="ArgumentException">As for one thread, or <paramref name="threads"/> is less than 1.</exception>
    public void Process<T>(ReadOnlySpan<T> raw, int height, int width, Span<T> rgb, int threads)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ImageGuard.RequireSize(height, width);
        ImageGuard.RequireLength(raw.Length, height * width, nameof(raw), "[H, W]");
        ImageGuard.RequireLength(rgb.Length, 3 * height * width, nameof(rgb), "[3, H, W]");
        if (typeof(T) == typeof(float) && Plan is not null)
        {
            FusedStaticIsp.Process(Plan, MemoryMarshal.Cast<T, float>(raw), height, width, MemoryMarshal.Cast<T, float>(rgb), FusedStaticIsp.Widest, threads);
            return;
        }
        ImageGuard.RequireFinite(raw, height, width, nameof(raw));
        PlainStaticIsp.Process(this, raw, height, width, rgb);
    }

    /// <summary>Develops one image as a camera stores it, with the result that the quotients DN / (2^bits − 1) would have.</summary>
    /// <param name="raw">The mosaic [H, W] in DN.</param>
    /// <param name="bitDepth">Bits of a pixel, 1 to 16: white is 2^bits − 1.</param>
    /// <param name="height">H, at least 4; odd is allowed.</param>
    /// <param name="width">W, at least 4; odd is allowed.</param>
    /// <param name="rgb">Receives the view [3, H, W] in [0, 1].</param>
    /// <param name="threads">Number of threads, at least 1. Default 1.</param>
    /// <exception cref="ArgumentException">A span has the wrong length, the image is too small, or a number is out of range.</exception>
    public void Process(ReadOnlySpan<ushort> raw, int bitDepth, int height, int width, Span<float> rgb, int threads = 1)
    {
        float white = RequireIntegers(raw.Length, bitDepth, height, width, rgb.Length, threads);
        if (Plan is not null)
            FusedStaticIsp.Process(Plan, raw, white, height, width, rgb, FusedStaticIsp.Widest, threads);
        else
            PlainStaticIsp.Process(this, Quotients(raw, white), height, width, rgb);
    }

    /// <summary>Develops one image as a camera stores it to 8 bits, as a screen shows it: 255·v, rounded.</summary>
    /// <param name="raw">The mosaic [H, W] in DN.</param>
    /// <param name="bitDepth">Bits of a pixel, 1 to 16: white is 2^bits − 1.</param>
    /// <param name="height">H, at least 4; odd is allowed.</param>
    /// <param name="width">W, at least 4; odd is allowed.</param>
    /// <param name="rgb">Receives the view [3, H, W].</param>
    /// <param name="threads">Number of threads, at least 1. Default 1.</param>
    /// <exception cref="ArgumentException">A span has the wrong length, the image is too small, or a number is out of range.</exception>
    public void Process(ReadOnlySpan<ushort> raw, int bitDepth, int height, int width, Span<byte> rgb, int threads = 1)
    {
        float white = RequireIntegers(raw.Length, bitDepth, height, width, rgb.Length, threads);
        if (Plan is not null)
        {
            FusedStaticIsp.Process(Plan, raw, white, height, width, rgb, FusedStaticIsp.Widest, threads);
            return;
        }
        var view = new float[rgb.Length];
        PlainStaticIsp.Process(this, Quotients(raw, white), height, width, view.AsSpan());
        for (int i = 0; i < view.Length; i++)
            rgb[i] = (byte)(byte.MaxValue * view[i] + 0.5f);
    }

    /// <summary>Develops several images of one size, in parallel. The result does not depend on the number of threads.</summary>
    /// <param name="raw">The mosaics [N, H, W], DN / (2^bits − 1). They are not changed.</param>
    /// <param name="height">H, at least 4; odd is allowed.</param>
    /// <param name="width">W, at least 4; odd is allowed.</param>
    /// <param name="rgb">Receives the views [N, 3, H, W] in [0, 1].</param>
    /// <param name="threads">Number of threads, at least 1.</param>
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
        ImageGuard.RequireLength(rgb.Length, 3 * raw.Length, nameof(rgb), "[N, 3, H, W]");
        if (Plan is not null)
        {
            FusedStaticIsp.ProcessBatch(Plan, raw, height, width, rgb, FusedStaticIsp.Widest, threads);
            return;
        }
        for (int i = 0; i < raw.Length / pixels; i++)
            Process(raw.Slice(i * pixels, pixels), height, width, rgb.Slice(3 * i * pixels, 3 * pixels));
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

    /// <summary>For example <c>StaticIsp ma,s,ga for RawDrone</c>.</summary>
    public override string ToString() => $"StaticIsp {Configuration} for {Camera.Name}";
}
