namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>
/// The photon-transfer method of EMVA 1288 release 4.0 Linear: from flat fields at known light, and dark ones, to the numbers that
/// describe a camera.
/// </summary>
/// <remarks>
/// <para>
/// Gain K is the slope of σy² − σy.dark² over μy − μy.dark, responsivity R that of μy − μy.dark over μp, both through the origin and
/// up to 70 % of saturation; η = R/K. Saturation is the level of the largest temporal variance. See <see cref="PhotonTransferResult"/>
/// for the rest.
/// </para>
/// <para>Thread safe.</para>
/// </remarks>
public static class PhotonTransferAnalysis
{
    /// <summary>Below this dark variance, in DN², quantisation hides the noise (chapter 6).</summary>
    private const double SmallestDarkVarianceDn2 = 0.24;

    private const double QuantisationVarianceDn2 = 1.0 / 12;

    /// <summary>Largest share of dark values at 0 DN (chapter 6: the offset is to be set so that there are fewer).</summary>
    private const double LargestUnderflow = 0.005;

    /// <summary>Analyses a series.</summary>
    /// <param name="bright">Levels of light from near dark to beyond saturation, in any order; the more, the better (the standard: 50 or
    /// more). The level near 50 % of saturation that has the most frames gives the PRNU; 100 frames are good.</param>
    /// <param name="dark">Dark flat fields: one for each exposure time in <paramref name="bright"/>; the one with the most frames gives
    /// the DSNU. At least three different times give the dark current.</param>
    /// <param name="options">Which levels to use; null for those of the standard.</param>
    /// <exception cref="ArgumentException">A series is empty, or of unequal sizes; a bright level has no light or a dark one has;
    /// an exposure time has no dark level; levels are too few, saturated throughout, or no brighter than the dark; the dark is cut off
    /// at 0 DN; or all values are multiples of a power of two (<see cref="FlatField.StepDn"/>). The message says which.</exception>
    public static PhotonTransferResult Analyze(
        IReadOnlyList<FlatField> bright, IReadOnlyList<FlatField> dark, PhotonTransferOptions? options = null)
    {
        options ??= new();
        options.Validate();
        SeriesCheck.ThrowIfInvalid(bright, dark);
        SeriesCheck.ThrowIfShifted(bright, dark);
        FlatField[] levels = [.. bright.OrderBy(level => level.PhotonsPerPixel)];
        var darkOf = Array.ConvertAll(levels, level => SeriesCheck.DarkFor(level, dark));
        SeriesCheck.ThrowIfCutOff(darkOf, LargestUnderflow);

        var photons = Array.ConvertAll(levels, level => level.PhotonsPerPixel);
        var signal = levels.Zip(darkOf, (level, its) => level.MeanDn - its.MeanDn).ToArray();
        var variance = levels.Zip(darkOf, (level, its) => level.TemporalVarianceDn2 - its.TemporalVarianceDn2).ToArray();
        var saturation = Array.IndexOf(variance, variance.Max());
        int[] fitted = LevelsUpTo(options.FitToPercent, signal, saturation, options.MinimumLevels);

        var gain = LineFit.ThroughOrigin(At(signal, fitted), At(variance, fitted));
        var responsivity = LineFit.ThroughOrigin(At(photons, fitted), At(signal, fitted));
        if (!(gain > 0 && responsivity > 0))
        {
            throw new ArgumentException("Mean and variance do not rise with the light; these are no flat fields of one camera.", nameof(bright));
        }

        var efficiency = responsivity / gain;
        var reference = darkOf.MinBy(its => its.ExposureTimeSeconds)!;
        var hidden = reference.TemporalVarianceDn2 < SmallestDarkVarianceDn2;
        var darkVariance = Math.Max(reference.TemporalVarianceDn2, SmallestDarkVarianceDn2);
        var darkNoise = Math.Sqrt(darkVariance - QuantisationVarianceDn2) / gain;
        var current = DarkCurrent(dark, gain);
        var deviations = Deviations(photons, signal, saturation, options);
        var known = deviations.OfType<double>().ToArray();
        var (middle, darkOfMiddle) = HalfSaturated(levels, darkOf, signal, saturation);
        return new()
        {
            SystemGain = gain,
            Responsivity = responsivity,
            QuantumEfficiency = efficiency,
            DarkNoiseDn = Math.Sqrt(darkVariance),
            TemporalDarkNoiseElectrons = darkNoise,
            TemporalDarkNoiseIsUpperBound = hidden,
            ReadNoiseElectrons = hidden
                ? null
                : Root((darkNoise * darkNoise) - (reference.TemporalRowVarianceDn2 / (gain * gain))
                    - (current?.Mean * reference.ExposureTimeSeconds)),
            RowNoiseElectrons = Root(reference.TemporalRowVarianceDn2) / gain,
            DarkCurrentElectronsPerSecond = current?.Mean,
            DarkCurrentFromVarianceElectronsPerSecond = current?.Variance,
            DsnuElectrons = Root(reference.SpatialVarianceDn2) / gain,
            DsnuRowElectrons = Root(reference.SpatialRowVarianceDn2) / gain,
            DsnuColumnElectrons = Root(reference.SpatialColumnVarianceDn2) / gain,
            DsnuPixelElectrons = Root(reference.SpatialPixelVarianceDn2) / gain,
            PrnuPercent = Prnu(level => level.SpatialVarianceDn2),
            PrnuRowPercent = Prnu(level => level.SpatialRowVarianceDn2),
            PrnuColumnPercent = Prnu(level => level.SpatialColumnVarianceDn2),
            PrnuPixelPercent = Prnu(level => level.SpatialPixelVarianceDn2),
            PrnuAtPercentOfSaturation = 100 * (middle.MeanDn - darkOfMiddle.MeanDn) / signal[saturation],
            SaturationPhotons = photons[saturation],
            SaturationCapacityElectrons = efficiency * photons[saturation],
            LargestSignalElectrons = signal.Max() / gain,
            FittedToPercent = options.FitToPercent,
            SaturationReached = saturation < levels.Length - 1,
            LinearityErrorPercent = known.Length == 0 ? null : known.Average(Math.Abs),
            SmallestDeviationPercent = known.Length == 0 ? null : known.Min(),
            LargestDeviationPercent = known.Length == 0 ? null : known.Max(),
            Points = Array.AsReadOnly(Enumerable.Range(0, levels.Length).Select(Point).ToArray()),
        };

        double Prnu(Func<FlatField, double> part) => 100 * Root(part(middle) - part(darkOfMiddle)) / (middle.MeanDn - darkOfMiddle.MeanDn);

        PhotonTransferPoint Point(int i)
        {
            var electrons = efficiency * photons[i];
            var model = electrons / Math.Sqrt((darkVariance / (gain * gain)) + electrons);
            return new(photons[i], signal[i], variance[i], signal[i] / Math.Sqrt(levels[i].TemporalVarianceDn2), model, deviations[i]);
        }
    }

    private static double Root(double variance) => Math.Sqrt(Math.Max(0, variance));

    private static double? Root(double? variance) => variance is { } known ? Root(known) : null;

    private static double[] At(double[] values, int[] indices) => Array.ConvertAll(indices, i => values[i]);

    private static int[] LevelsUpTo(double percent, double[] signal, int saturation, int minimum)
    {
        var largest = signal[saturation];
        if (!(largest > 0))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The bright series is no brighter than the dark one: its signal at the largest variance is {largest:G4} DN."));
        }

        int[] within = [.. Enumerable.Range(0, saturation + 1).Where(i => signal[i] <= percent / 100 * largest)];
        if (within.Length == 0)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"All {signal.Length} bright levels are saturated or near it (signals {signal.Min():G4} to {signal.Max():G4} DN): ")
                + FormattableString.Invariant($"none is below {percent} % of saturation. Give less light."));
        }

        if (within.Length < minimum)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The bright series has {within.Length} levels up to {percent} % of saturation; at least {minimum} are needed ")
                + "(the standard asks for 50 in all).");
        }

        return within;
    }

    private static double?[] Deviations(double[] photons, double[] signal, int saturation, PhotonTransferOptions options)
    {
        var deviations = new double?[signal.Length];
        int[] judged = [.. Enumerable.Range(0, saturation + 1).Where(i => signal[i] > 0
            && signal[i] >= options.LinearityFromPercent / 100 * signal[saturation]
            && signal[i] <= options.LinearityToPercent / 100 * signal[saturation])];
        if (judged.Length >= Math.Max(3, options.MinimumLevels))
        {
            var (slope, offset) = LineFit.RelativeLine(At(photons, judged), At(signal, judged));
            foreach (var i in judged)
            {
                var line = (slope * photons[i]) + offset;
                deviations[i] = 100 * (signal[i] - line) / line;
            }
        }

        return deviations;
    }

    private static (FlatField Level, FlatField Dark) HalfSaturated(FlatField[] levels, FlatField[] darkOf, double[] signal, int saturation)
    {
        var distances = Array.ConvertAll(signal, value => Math.Abs((value / signal[saturation]) - 0.5));
        int[] near = [.. Enumerable.Range(0, levels.Length).Where(i => distances[i] <= 0.1)];
        var chosen = near.Length > 0
            ? near.OrderByDescending(i => levels[i].Frames).ThenBy(i => distances[i]).First()
            : Array.IndexOf(distances, distances.Min());
        return (levels[chosen], darkOf[chosen]);
    }

    private static (double Mean, double Variance)? DarkCurrent(IReadOnlyList<FlatField> dark, double gain)
    {
        double[] times = [.. dark.Select(level => level.ExposureTimeSeconds)];
        if (times.Distinct().Count() < 3)
        {
            return null;
        }

        var mean = LineFit.Line(times, [.. dark.Select(level => level.MeanDn)]).Slope / gain;
        var variance = LineFit.Line(times, [.. dark.Select(level => level.TemporalVarianceDn2)]).Slope / (gain * gain);
        return (mean, variance);
    }
}
