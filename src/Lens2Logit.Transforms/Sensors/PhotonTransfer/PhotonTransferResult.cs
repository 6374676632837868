using System.Globalization;
using System.Text;

namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>
/// What a camera is, as measured by <see cref="PhotonTransferAnalysis"/>. Symbols of EMVA 1288 release 4.0 Linear. Immutable; prints
/// as a table.
/// </summary>
/// <remarks>A variance that comes out below 0, because there is nothing to be found, gives a standard deviation of 0.</remarks>
public sealed record PhotonTransferResult
{
    /// <summary>System gain K in DN/e⁻ (chapter 6).</summary>
    public required double SystemGain { get; init; }

    /// <summary>Responsivity R = K·η in DN/photon (chapter 6).</summary>
    public required double Responsivity { get; init; }

    /// <summary>Quantum efficiency η = R/K in e⁻/photon (chapter 6).</summary>
    public required double QuantumEfficiency { get; init; }

    /// <summary>Temporal dark noise σy.dark in DN at the shortest exposure time of the bright series, quantisation included.</summary>
    public required double DarkNoiseDn { get; init; }

    /// <summary>
    /// Temporal dark noise σd = √(σy.dark² − 1/12)/K in e⁻ (chapter 6), dark current's shot noise included; an upper bound where
    /// <see cref="TemporalDarkNoiseIsUpperBound"/>.
    /// </summary>
    public required double TemporalDarkNoiseElectrons { get; init; }

    /// <summary>
    /// Whether σy.dark² is below 0.24 DN²: quantisation hides the noise, and the standard gives √(0.24 − 1/12)/K = 0.40/K as an upper
    /// bound. So it is with most 8-bit outputs.
    /// </summary>
    public required bool TemporalDarkNoiseIsUpperBound { get; init; }

    /// <summary>
    /// Read noise σ0 in e⁻: σd without row noise and dark current's shot noise. Null where σd is an upper bound or the dark current is
    /// not known.
    /// </summary>
    public double? ReadNoiseElectrons { get; init; }

    /// <summary>The part of σd that whole rows share, in e⁻. Not in the standard.</summary>
    public required double RowNoiseElectrons { get; init; }

    /// <summary>
    /// Dark current μI.mean in e⁻/s from the rise of the mean (chapter 7). Null with fewer than three dark exposure times.
    /// </summary>
    public double? DarkCurrentElectronsPerSecond { get; init; }

    /// <summary>
    /// Dark current μI.var in e⁻/s from the rise of the variance (chapter 7), for cameras that subtract the mean. Null likewise.
    /// </summary>
    public double? DarkCurrentFromVarianceElectronsPerSecond { get; init; }

    /// <summary>DSNU in e⁻ (chapter 8).</summary>
    public required double DsnuElectrons { get; init; }

    /// <summary>DSNU.row in e⁻ (chapter 8).</summary>
    public required double DsnuRowElectrons { get; init; }

    /// <summary>DSNU.col in e⁻ (chapter 8).</summary>
    public required double DsnuColumnElectrons { get; init; }

    /// <summary>DSNU.pixel in e⁻ (chapter 8).</summary>
    public required double DsnuPixelElectrons { get; init; }

    /// <summary>PRNU in % (chapter 8).</summary>
    public required double PrnuPercent { get; init; }

    /// <summary>PRNU.row in % (chapter 8).</summary>
    public required double PrnuRowPercent { get; init; }

    /// <summary>PRNU.col in % (chapter 8).</summary>
    public required double PrnuColumnPercent { get; init; }

    /// <summary>PRNU.pixel in % (chapter 8).</summary>
    public required double PrnuPixelPercent { get; init; }

    /// <summary>Where the PRNU was measured, in % of the saturation signal; the standard wants 50.</summary>
    public required double PrnuAtPercentOfSaturation { get; init; }

    /// <summary>Light μp.sat in photons/pixel at which the variance is largest (chapter 6). A grid of levels gives it to a level.</summary>
    public required double SaturationPhotons { get; init; }

    /// <summary>Saturation capacity μe.sat = η·μp.sat in e⁻ (chapter 6).</summary>
    public required double SaturationCapacityElectrons { get; init; }

    /// <summary>
    /// Largest mean signal of the series in e⁻: where the series goes beyond saturation, the charge at which the output stops.
    /// </summary>
    public required double LargestSignalElectrons { get; init; }

    /// <summary>Up to which share of the saturation signal, in %, gain and responsivity were fitted; the standard wants 70.</summary>
    public required double FittedToPercent { get; init; }

    /// <summary>Whether the series goes beyond saturation. If not, all that is said of saturation are lower bounds.</summary>
    public required bool SaturationReached { get; init; }

    /// <summary>Largest signal-to-noise ratio SNRmax = √μe.sat (chapter 2).</summary>
    public double SnrMax => Math.Sqrt(SaturationCapacityElectrons);

    /// <summary>SNRmax in dB.</summary>
    public double SnrMaxDecibels => 20 * Math.Log10(SnrMax);

    /// <summary>Absolute sensitivity threshold μp.min = (σy.dark/K + ½)/η in photons/pixel: where the SNR is 1 (chapter 2).</summary>
    public double SensitivityThresholdPhotons => ((DarkNoiseDn / SystemGain) + 0.5) / QuantumEfficiency;

    /// <summary>Dynamic range DR = μp.sat/μp.min (chapter 2).</summary>
    public double DynamicRange => SaturationPhotons / SensitivityThresholdPhotons;

    /// <summary>Dynamic range in dB.</summary>
    public double DynamicRangeDecibels => 20 * Math.Log10(DynamicRange);

    /// <summary>
    /// Linearity error LE in %: mean of the absolute deviations |δy| from the fitted line over the linearity range (chapter 6). Null
    /// where the range has too few levels.
    /// </summary>
    public double? LinearityErrorPercent { get; init; }

    /// <summary>Smallest, most negative deviation LEmin in %.</summary>
    public double? SmallestDeviationPercent { get; init; }

    /// <summary>Largest deviation LEmax in %.</summary>
    public double? LargestDeviationPercent { get; init; }

    /// <summary>The levels of the bright series by rising light: the photon transfer, SNR and linearity curves.</summary>
    public required IReadOnlyList<PhotonTransferPoint> Points { get; init; }

    /// <summary>A table of all but <see cref="Points"/>: quantity, symbol, value, unit.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Row("system gain", "K", SystemGain, "DN/e⁻");
        Row("responsivity", "R", Responsivity, "DN/photon");
        Row("quantum efficiency", "η", QuantumEfficiency, "e⁻/photon");
        Row("temporal dark noise", "σd", TemporalDarkNoiseElectrons, "e⁻", TemporalDarkNoiseIsUpperBound ? "<" : "");
        Row("read noise", "σ0", ReadNoiseElectrons, "e⁻");
        Row("row noise", "σrow", RowNoiseElectrons, "e⁻");
        Row("dark current, mean", "μI.mean", DarkCurrentElectronsPerSecond, "e⁻/s");
        Row("dark current, variance", "μI.var", DarkCurrentFromVarianceElectronsPerSecond, "e⁻/s");
        Row("dark nonuniformity", "DSNU", DsnuElectrons, "e⁻");
        Row("… of rows", "DSNU.row", DsnuRowElectrons, "e⁻");
        Row("… of columns", "DSNU.col", DsnuColumnElectrons, "e⁻");
        Row("… of pixels", "DSNU.pixel", DsnuPixelElectrons, "e⁻");
        Row("response nonuniformity", "PRNU", PrnuPercent, "%");
        Row("… of rows", "PRNU.row", PrnuRowPercent, "%");
        Row("… of columns", "PRNU.col", PrnuColumnPercent, "%");
        Row("… of pixels", "PRNU.pixel", PrnuPixelPercent, "%");
        Row("saturation", "μp.sat", SaturationPhotons, "photons", SaturationReached ? "" : ">");
        Row("saturation capacity", "μe.sat", SaturationCapacityElectrons, "e⁻", SaturationReached ? "" : ">");
        Row("sensitivity threshold", "μp.min", SensitivityThresholdPhotons, "photons");
        Row("largest SNR", "SNRmax", SnrMaxDecibels, "dB", SaturationReached ? "" : ">");
        Row("dynamic range", "DR", DynamicRangeDecibels, "dB", SaturationReached ? "" : ">");
        Row("linearity error", "LE", LinearityErrorPercent, "%");
        Row("… smallest", "LEmin", SmallestDeviationPercent, "%");
        Row("… largest", "LEmax", LargestDeviationPercent, "%");
        return text.ToString();

        void Row(string quantity, string symbol, double? value, string unit, string bound = "")
        {
            var number = value is { } known ? $"{bound} {known.ToString("G5", CultureInfo.InvariantCulture)} {unit}".Trim() : "not known";
            text.Append(CultureInfo.InvariantCulture, $"{quantity,-24}{symbol,-12}{number}\n");
        }
    }
}
