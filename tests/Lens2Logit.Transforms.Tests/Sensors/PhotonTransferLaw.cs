using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

/// <summary>
/// Mean and variance in DN that EMVA 1288 release 4.0 Linear predicts for a flat field, away from both clips, of a camera
/// without fixed pattern: μy = K(μe + μd) + black level, σy² = K²(σ0² + μd + μe) + 1/12.
/// </summary>
internal readonly record struct PhotonTransferLaw(double Mean, double Variance, double ExcessKurtosis)
{
    /// <summary>
    /// How many standard errors a measurement may stray. A normal deviate does so with probability 7e-6: with fewer than 100 checks
    /// a correct sampler passes them all with p > 0.999.
    /// </summary>
    public const double StandardErrors = 4.5;

    public static PhotonTransferLaw Of(SensorModel sensor, double photoElectrons, double darkElectrons)
    {
        double gain = sensor.SystemGain, readNoise = sensor.ReadNoiseElectrons, shot = photoElectrons + darkElectrons;
        var variance = (gain * gain * ((readNoise * readNoise) + shot)) + (1.0 / 12);

        // Only the Poisson part has a fourth cumulant, equal to its rate; quantisation's is negligible where the law holds.
        return new((gain * shot) + sensor.BlackLevelDn, variance, Math.Pow(gain, 4) * shot / (variance * variance));
    }

    public bool MeanAgrees(Moments measured) => Math.Abs(measured.Mean - Mean) <= StandardErrors * Math.Sqrt(Variance / measured.Count);

    public bool VarianceAgrees(Moments measured) =>
        Math.Abs((measured.Variance / Variance) - 1) <= StandardErrors * Math.Sqrt((2 + ExcessKurtosis) / measured.Count);
}
