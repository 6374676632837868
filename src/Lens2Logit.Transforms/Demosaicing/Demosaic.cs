using System.Numerics;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.Demosaicing;

/// <summary>
/// Reconstructs an RGB image from a Bayer mosaic, in plain loops, for <see cref="float"/> and <see cref="double"/>.
/// Results are not clipped. Numerically the three methods equal the Python package colour-demosaicing 0.1.6, borders included.
/// </summary>
/// <remarks>
/// In every method <c>raw</c> is [H, W], row by row, and <c>rgb</c> is [3, H, W]; they must not overlap. Any size from 4×4 on is
/// allowed, odd ones included. An <see cref="ArgumentException"/> names a span of the wrong length or a size that is too small.
/// </remarks>
public static partial class Demosaic
{
    /// <summary>Demosaics with the given method.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="method">The method; Menon includes its refining step.</param>
    /// <param name="raw">The mosaic [H, W].</param>
    /// <param name="height">H, at least 4.</param>
    /// <param name="width">W, at least 4.</param>
    /// <param name="pattern">The colour filter array.</param>
    /// <param name="rgb">Receives [3, H, W].</param>
    /// <exception cref="ArgumentException">A span has the wrong length, the image is smaller than 4×4, or the pattern is monochrome.</exception>
    public static void Apply<T>(DemosaicMethod method, ReadOnlySpan<T> raw, int height, int width, CfaPattern pattern, Span<T> rgb)
        where T : struct, IFloatingPointIeee754<T>
    {
        switch (method)
        {
            case DemosaicMethod.Bilinear: Bilinear(raw, height, width, pattern, rgb); break;
            case DemosaicMethod.Malvar2004: Malvar2004(raw, height, width, pattern, rgb); break;
            case DemosaicMethod.Menon2007: Menon2007(raw, height, width, pattern, rgb); break;
            default: throw new ArgumentOutOfRangeException(nameof(method), method, "Expected Bilinear, Malvar2004 or Menon2007.");
        }
    }

    private static void Check<T>(ReadOnlySpan<T> raw, int height, int width, CfaPattern pattern, Span<T> rgb)
    {
        pattern.RequireBayer("Demosaicing");
        ImageGuard.RequireSize(height, width);
        ImageGuard.RequireLength(raw.Length, height * width, nameof(raw), "[H, W]");
        ImageGuard.RequireLength(rgb.Length, 3 * height * width, nameof(rgb), "[3, H, W]");
    }
}
