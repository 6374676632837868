namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>How <see cref="PhotonTransferSeries"/> photographs its flat fields.</summary>
public sealed record PhotonTransferSeriesOptions
{
    /// <summary>Rows of a frame, 8 to 8192. Default 256. Of a Bayer mosaic one site is analysed, at half height and width.</summary>
    public int Height { get; init; } = 256;

    /// <summary>Columns of a frame, 8 to 8192. Default 256.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Levels of light, equally spaced, 4 to 1000. Default 36.</summary>
    public int Levels { get; init; } = 36;

    /// <summary>Light of the brightest level in % of what saturates the sensor, 1 to 1000. Default 120.</summary>
    public float BrightestPercent { get; init; } = 120;

    /// <summary>Frames of each level and of each long dark exposure, 2 to 10 000. Default 2, as the standard has it.</summary>
    public int FramesPerLevel { get; init; } = 2;

    /// <summary>Frames of the two stacks that show nonuniformity, dark and at 50 % of saturation, 2 to 10 000. Default 100.</summary>
    public int StackFrames { get; init; } = 100;

    /// <summary>Exposure time of the bright series and of its dark stack in s, 0 to 86 400. Default 0.01.</summary>
    public float ExposureTimeSeconds { get; init; } = 0.01f;

    /// <summary>
    /// Exposure times of further dark levels in s, each 0 to 86 400; none gives no dark current. Default null: three, of which the
    /// longest collects about 100 e⁻ of dark current, or four times the variance of the read noise, if a day is enough.
    /// </summary>
    public IReadOnlyList<float>? DarkTimesSeconds { get; init; }

    /// <summary>Temperature of the sensor in °C, −100 to 150. Default null: the one at which its dark current is given.</summary>
    public float? TemperatureCelsius { get; init; }

    /// <summary>
    /// Colour that is analysed: 0 red, 1 green (that of the cell's first row), 2 blue. Default 1. A monochrome sensor has none.
    /// </summary>
    public int Channel { get; init; } = 1;

    /// <summary>Any integer: the seed of the series' noise. Default 0.</summary>
    public int FrameSeed { get; init; }

    internal void Validate()
    {
        QuantityRange.Check(nameof(Height), Height, 8, 8192, "pixels");
        QuantityRange.Check(nameof(Width), Width, 8, 8192, "pixels");
        QuantityRange.Check(nameof(Levels), Levels, 4, 1000, "");
        QuantityRange.Check(nameof(BrightestPercent), BrightestPercent, 1, 1000, "%");
        QuantityRange.Check(nameof(FramesPerLevel), FramesPerLevel, 2, 10_000, "");
        QuantityRange.Check(nameof(StackFrames), StackFrames, 2, 10_000, "");
        QuantityRange.Check(nameof(ExposureTimeSeconds), ExposureTimeSeconds, 0, 86_400, "s");
        for (var i = 0; i < DarkTimesSeconds?.Count; i++)
        {
            QuantityRange.Check($"{nameof(DarkTimesSeconds)}[{i}]", DarkTimesSeconds[i], 0, 86_400, "s");
        }

        if (TemperatureCelsius is { } temperature)
        {
            QuantityRange.Check(nameof(TemperatureCelsius), temperature, -100, 150, "°C");
        }

        QuantityRange.Check(nameof(Channel), Channel, 0, 2, "");
    }
}
