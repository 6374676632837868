namespace Lens2Logit.Sensors.Unprocessing;

/// <summary>
/// The global tone curve that Brooks et al. (CVPR 2019) take for a camera's, smoothstep, and its exact inverse on [0, 1].
/// </summary>
public static class ToneCurve
{
    /// <summary>Smoothstep 3x² − 2x³: contrast raised in the middle, lowered at the ends.</summary>
    /// <param name="x">Gamma-compressed value; clipped to [0, 1].</param>
    /// <returns>Value for display, [0, 1].</returns>
    public static double Smoothstep(double x)
    {
        x = Math.Clamp(x, 0, 1);
        return x * x * (3 - (2 * x));
    }

    /// <summary>The inverse of <see cref="Smoothstep"/>: ½ − sin(asin(1 − 2y)/3).</summary>
    /// <param name="y">Value for display; clipped to [0, 1].</param>
    /// <returns>Gamma-compressed value, [0, 1].</returns>
    public static double InverseSmoothstep(double y) => Math.Clamp(0.5 - Math.Sin(Math.Asin(1 - (2 * Math.Clamp(y, 0, 1))) / 3), 0, 1);
}
