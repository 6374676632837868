using Lens2Logit.Plots;

namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>The standard plots of a camera's characterisation, as EMVA 1288 release 4.0 Linear shows them (chapters 6 and 9).</summary>
/// <example><code>PhotonTransferPlots.PhotonTransfer(result).Save("photon-transfer.png");</code></example>
public static class PhotonTransferPlots
{
    private const string Photons = "light μp, photons/pixel", Signal = "signal μy − μy.dark, DN";

    /// <summary>Photon transfer: temporal variance over signal, with the line of slope K fitted to it.</summary>
    /// <param name="result">The analysis of a series.</param>
    public static LineChart PhotonTransfer(PhotonTransferResult result)
    {
        var points = PointsOf(result);
        double saturated = SaturationSignal(result);
        return new()
        {
            Title = "Photon transfer",
            XAxis = new(Signal) { Minimum = 0 },
            YAxis = new("variance σy² − σy.dark², DN²") { Minimum = 0 },
            Series =
            [
                new("measured", [.. points.Select(p => p.SignalDn)], [.. points.Select(p => p.SignalVarianceDn2)]) { Mark = SeriesMark.Points },
                new(FormattableString.Invariant($"slope K = {result.SystemGain:G4} DN/e⁻"), [0, saturated], [0, result.SystemGain * saturated]),
            ],
            VerticalLines =
            [
                new(result.FittedToPercent / 100 * saturated, FormattableString.Invariant($"fitted up to {result.FittedToPercent:G3} %")),
                new(saturated, "saturation"),
            ],
        };
    }

    /// <summary>
    /// Signal-to-noise ratio over light, both logarithmic: measured, the standard's model, the model with the nonuniformities DSNU and PRNU
    /// included, and what an ideal sensor would reach (√μp). The threshold μp.min and saturation μp.sat bound the dynamic range.
    /// </summary>
    /// <param name="result">The analysis of a series.</param>
    public static LineChart SignalToNoise(PhotonTransferResult result)
    {
        // Beyond saturation the noise vanishes, and the ratio says nothing.
        var points = PointsOf(result).Where(p => p.Snr > 0 && p.PhotonsPerPixel <= result.SaturationPhotons).ToList();
        double[] light = Logarithmic(result.SensitivityThresholdPhotons / 2, result.SaturationPhotons);
        return new()
        {
            Title = "Signal-to-noise ratio",
            XAxis = new(Photons) { Logarithmic = true, Maximum = 1.5 * result.SaturationPhotons },
            YAxis = new("SNR") { Logarithmic = true },
            Series =
            [
                new("measured", [.. points.Select(p => p.PhotonsPerPixel)], [.. points.Select(p => p.Snr)]) { Mark = SeriesMark.Points },
                new("model", light, [.. light.Select(p => Snr(p, nonuniformity: false))]),
                new("model with DSNU and PRNU", light, [.. light.Select(p => Snr(p, nonuniformity: true))]),
                new("ideal sensor", light, [.. light.Select(Math.Sqrt)]),
            ],
            HorizontalLines = [new(1, "")],
            VerticalLines = [new(result.SensitivityThresholdPhotons, "μp.min"), new(result.SaturationPhotons, "μp.sat")],
        };

        double Snr(double photons, bool nonuniformity)
        {
            double electrons = result.QuantumEfficiency * photons, dark = result.DarkNoiseDn / result.SystemGain;
            double spatial = Square(result.DsnuElectrons) + Square(result.PrnuPercent / 100 * electrons);
            return electrons / Math.Sqrt(Square(dark) + electrons + (nonuniformity ? spatial : 0));
        }
    }

    /// <summary>Linearity: signal over light, with the line from which the linearity error is reckoned.</summary>
    /// <param name="result">The analysis of a series.</param>
    public static LineChart Linearity(PhotonTransferResult result)
    {
        var points = PointsOf(result);
        var judged = points.Where(p => p.LinearityDeviationPercent is not null).ToList();
        var measured = new PlotSeries("measured", [.. points.Select(p => p.PhotonsPerPixel)], [.. points.Select(p => p.SignalDn)]) { Mark = SeriesMark.Points };
        // The deviation is relative to the line, which gives the line back.
        var line = new PlotSeries(
            "fitted line", [.. judged.Select(p => p.PhotonsPerPixel)], [.. judged.Select(p => p.SignalDn / (1 + (p.LinearityDeviationPercent!.Value / 100)))]);
        return new()
        {
            Title = "Linearity",
            XAxis = new(Photons) { Minimum = 0 },
            YAxis = new(Signal) { Minimum = 0 },
            Series = judged.Count > 0 ? [measured, line] : [measured],
            VerticalLines = [new(result.SaturationPhotons, "μp.sat")],
        };
    }

    /// <summary>Deviation from linearity: how far each level lies from the fitted line, with LEmin and LEmax.</summary>
    /// <param name="result">The analysis of a series.</param>
    /// <exception cref="ArgumentException">The series had too few levels to judge linearity:
    /// <see cref="PhotonTransferResult.LinearityErrorPercent"/> is null.</exception>
    public static LineChart LinearityDeviation(PhotonTransferResult result)
    {
        var judged = PointsOf(result).Where(p => p.LinearityDeviationPercent is not null).ToList();
        if (judged.Count == 0)
            throw new ArgumentException("The series had too few levels to judge linearity: its linearity error is not known. Take more levels.", nameof(result));
        return new()
        {
            Title = FormattableString.Invariant($"Deviation from linearity, LE = {result.LinearityErrorPercent:G3} %"),
            XAxis = new(Photons) { Minimum = 0 },
            YAxis = new("deviation δy, %"),
            Series =
            [
                new("measured", [.. judged.Select(p => p.PhotonsPerPixel)], [.. judged.Select(p => p.LinearityDeviationPercent!.Value)]) { Mark = SeriesMark.LineAndPoints },
            ],
            HorizontalLines = [new(result.SmallestDeviationPercent!.Value, "LEmin"), new(result.LargestDeviationPercent!.Value, "LEmax")],
        };
    }

    private static IReadOnlyList<PhotonTransferPoint> PointsOf(PhotonTransferResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Points;
    }

    private static double SaturationSignal(PhotonTransferResult result) =>
        result.Points.MinBy(p => Math.Abs(p.PhotonsPerPixel - result.SaturationPhotons))!.SignalDn;

    private static double[] Logarithmic(double from, double to)
    {
        const int steps = 100;
        return [.. Enumerable.Range(0, steps + 1).Select(i => from * Math.Pow(to / from, i / (double)steps))];
    }

    private static double Square(double value) => value * value;
}
