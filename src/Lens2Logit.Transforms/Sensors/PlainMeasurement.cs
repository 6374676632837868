using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Sensors;

/// <summary>
/// The definition of a measurement, pixel by pixel: rates as floats, and all that follows in double precision.
/// <see cref="Fused.FusedMeasurement"/> gives the same bits sooner.
/// </summary>
internal static unsafe class PlainMeasurement
{
    /// <summary>Measures every pixel.</summary>
    public static void Measure(in MeasurementFrame frame)
    {
        for (var row = 0; row < frame.Height; row++)
        {
            var rowNoise = frame.RowNoise(row);
            var raw = frame.RawRow(row);
            for (var column = 0; column < frame.Width; column++)
            {
                raw[column] = Pixel(in frame, row, column, rowNoise);
            }
        }
    }

    /// <summary>Measures one pixel.</summary>
    /// <returns>DN/(2^bits − 1), in [0, 1].</returns>
    public static float Pixel(in MeasurementFrame frame, int row, int column, double rowNoise)
    {
        var sensor = frame.Sensor;
        var site = (row * frame.Pattern.Width) + column;
        var random = PixelNoise.At(in frame, row, column);
        var charge = Math.Min(PoissonQuantile.At(Rate(in frame, row, column, site), random.Charge), sensor.FullWellElectrons);
        var electrons = charge + frame.Pattern.OffsetElectrons[site] + rowNoise + (sensor.ReadNoiseElectrons * NormalQuantile.At(random.Read));

        // Ties go to the even number, so that rounding adds no bias.
        var number = Math.Clamp(Math.Round((electrons * sensor.SystemGain) + sensor.BlackLevelDn), 0, sensor.MaximumDn);
        return (float)(number / sensor.MaximumDn);
    }

    /// <summary>Mean charge in e⁻ that a pixel collects, of light and dark current; every operation rounds to a float.</summary>
    private static float Rate(in MeasurementFrame frame, int row, int column, int site)
    {
        var light = frame.Sensor.Cfa == CfaPattern.Monochrome
            ? Mean(Light(in frame, 0, row, column), Light(in frame, 1, row, column), Light(in frame, 2, row, column))
            : Light(in frame, frame.Sensor.Cfa.ChannelAt(row, column), row, column);
        var dark = frame.Pattern.DarkFactor.Length == 0 ? frame.Charge.Dark : frame.Charge.Dark * frame.Pattern.DarkFactor[site];
        return MathF.Min(MathF.FusedMultiplyAdd(light, frame.Pattern.Gain[site], dark), frame.SaturatingRate);
    }

    private static float Light(in MeasurementFrame frame, int channel, int row, int column) =>
        MathF.Min(frame.SceneRow(channel, row)[column] * frame.Charge.AtWhite(channel), MeasurementFrame.MostElectrons);

    // Exact where all three are equal.
    private static float Mean(float red, float green, float blue) => red + (((green - red) + (blue - red)) / 3);
}
