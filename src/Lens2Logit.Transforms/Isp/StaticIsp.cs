using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Lens2Logit.Isp.Fused;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp;

/// <summary>
/// Develops a raw Bayer image with fixed operations: black level → demosaic → white balance and colour matrix → sharpen → denoise →
/// clip to [0, 1] → gamma. Nothing is clipped before the last two steps, unless the camera has a white level
/// (<see cref="CameraParameters.WhiteLevel"/>): then raw values are scaled and clipped first, as DNG asks for.
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
public sealed partial class StaticIsp
{
    // Where the camera has a white level: what to do to raw values, and the pipeline that then follows.
    private readonly LinearReference? _reference;
    private readonly StaticIsp _afterReference;

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
        _reference = LinearReference.Of(camera);
        _afterReference = _reference is null ? this : new(_reference.Camera, configuration, gamma);
        Plan = _reference is null ? FusedPlan.For(this) : _afterReference.Plan;
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
    /// <param name="threads">Number of threads at most, at least 1; a small image is developed by fewer, and only <see cref="float"/> by more than one.</param>
    /// <exception cref="ArgumentException">As for one thread, or <paramref name="threads"/> is less than 1.</exception>
    public void Process<T>(ReadOnlySpan<T> raw, int height, int width, Span<T> rgb, int threads)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ImageGuard.RequireSize(height, width);
        ImageGuard.RequireLength(raw.Length, height * width, nameof(raw), "[H, W]");
        ImageGuard.RequireLength(rgb.Length, 3 * height * width, nameof(rgb), "[3, H, W]");
        if (_reference is null)
        {
            Develop(raw, height, width, rgb, threads);
            return;
        }
        ImageGuard.RequireFinite(raw, height, width, nameof(raw)); // clipping would hide an infinite value
        var clipped = ArrayPool<T>.Shared.Rent(raw.Length);
        try
        {
            _reference.Clip(raw, height, width, clipped);
            _afterReference.Develop(clipped.AsSpan(0, raw.Length), height, width, rgb, threads);
        }
        finally
        {
            ArrayPool<T>.Shared.Return(clipped);
        }
    }

    /// <summary>For example <c>StaticIsp ma,s,ga for RawDrone</c>.</summary>
    public override string ToString() => $"StaticIsp {Configuration} for {Camera.Name}";

    private void Develop<T>(ReadOnlySpan<T> raw, int height, int width, Span<T> rgb, int threads)
        where T : struct, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && Plan is not null)
        {
            FusedStaticIsp.Process(Plan, MemoryMarshal.Cast<T, float>(raw), height, width, MemoryMarshal.Cast<T, float>(rgb), SimdWidths.Widest, threads);
            return;
        }
        ImageGuard.RequireFinite(raw, height, width, nameof(raw));
        PlainStaticIsp.Process(this, raw, height, width, rgb);
    }
}
