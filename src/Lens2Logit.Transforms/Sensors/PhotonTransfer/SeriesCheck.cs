namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>What a bright and a dark series must be before they are analysed.</summary>
internal static class SeriesCheck
{
    public static void ThrowIfInvalid(IReadOnlyList<FlatField> bright, IReadOnlyList<FlatField> dark)
    {
        ArgumentNullException.ThrowIfNull(bright);
        ArgumentNullException.ThrowIfNull(dark);
        RequireLevels(bright, nameof(bright));
        RequireLevels(dark, nameof(dark));
        var first = bright[0];
        RequireSize(bright, first, nameof(bright));
        RequireSize(dark, first, nameof(dark));
        foreach (var level in bright)
        {
            if (!(level.PhotonsPerPixel > 0))
            {
                throw new ArgumentException(
                    "A bright level has no light: PhotonsPerPixel is 0. Dark levels go into the dark series.", nameof(bright));
            }
        }

        foreach (var level in dark)
        {
            if (level.PhotonsPerPixel != 0)
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"A dark level has {level.PhotonsPerPixel} photons per pixel; expected 0."), nameof(dark));
            }
        }
    }

    /// <summary>The dark level of the same exposure time; of several, the one with the most frames.</summary>
    public static FlatField DarkFor(FlatField level, IReadOnlyList<FlatField> dark)
    {
        var time = level.ExposureTimeSeconds;
        return dark.Where(its => Math.Abs(its.ExposureTimeSeconds - time) <= 1e-6 * time).MaxBy(its => its.Frames)
            ?? throw new ArgumentException(FormattableString.Invariant(
                $"There is no dark level at the exposure time {time} s of a bright one; those given are at ")
                + string.Join(", ", dark.Select(its => FormattableString.Invariant($"{its.ExposureTimeSeconds} s"))) + ".", nameof(dark));
    }

    public static void ThrowIfCutOff(IEnumerable<FlatField> dark, double largestShare)
    {
        foreach (var level in dark)
        {
            if (level.UnderflowShare > largestShare)
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"{100 * level.UnderflowShare:G3} % of the dark values are 0 DN, more than {100 * largestShare} %: ")
                    + "noise is cut off there, and nothing can be measured from it. Raise the black level.", nameof(dark));
            }
        }
    }

    /// <summary>Quantisation is taken to be steps of 1 DN; data shifted up in a larger container has wider ones.</summary>
    public static void ThrowIfShifted(IReadOnlyList<FlatField> bright, IReadOnlyList<FlatField> dark)
    {
        var step = bright.Concat(dark).Min(level => level.StepDn);
        if (step > 1)
        {
            throw new ArgumentException(
                $"All values of the series are multiples of {step}: numbers of fewer bits, shifted up in a larger container "
                + $"(as 12-bit data in 16 bits). Divide the frames by {step}, so that one step of the converter is 1 DN.", nameof(bright));
        }
    }

    private static void RequireLevels(IReadOnlyList<FlatField> series, string name)
    {
        if (series.Count == 0 || series.Any(level => level is null))
        {
            throw new ArgumentException($"The {name} series is empty or holds a null.", name);
        }
    }

    private static void RequireSize(IReadOnlyList<FlatField> series, FlatField first, string name)
    {
        for (var i = 0; i < series.Count; i++)
        {
            if (series[i].Height != first.Height || series[i].Width != first.Width)
            {
                throw new ArgumentException(
                    $"Level {i} of the {name} series is {series[i].Height}×{series[i].Width} pixels; "
                    + $"the first bright level is {first.Height}×{first.Width}.", name);
            }
        }
    }
}
