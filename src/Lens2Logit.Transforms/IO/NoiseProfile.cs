namespace Lens2Logit.IO;

/// <summary>
/// The noise of one colour as a DNG states it: the standard deviation of a linear reference value x in [0, 1] is √(Scale·x + Offset).
/// Source: DNG specification 1.4, tag NoiseProfile.
/// </summary>
/// <param name="Scale">S: signal-dependent variance, that of photon noise.</param>
/// <param name="Offset">O: variance in the dark.</param>
public readonly record struct NoiseProfile(double Scale, double Offset)
{
    /// <summary>Standard deviation of a linear reference value.</summary>
    /// <param name="value">The value, in [0, 1].</param>
    public double StandardDeviation(double value) => Math.Sqrt(Math.Max(0, Scale * value + Offset));
}
