namespace Lens2Logit.Sensors.Differentiable;

/// <summary>What each pixel of one camera makes of light, and delivers without: the constants of its measurement. Immutable.</summary>
/// <param name="Channels">C: channels of the scene.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="ElectronsAtWhite">Mean e⁻ collected where a channel of the scene is 1, PRNU included [C, H, W].</param>
/// <param name="DarkElectrons">Mean e⁻ of dark current, more in hot pixels [H, W].</param>
/// <param name="OffsetElectrons">DSNU in e⁻ [H, W].</param>
internal sealed record PixelResponse(int Channels, int Height, int Width, float[] ElectronsAtWhite, float[] DarkElectrons, float[] OffsetElectrons)
{
    public static PixelResponse Create(SensorModel sensor, Exposure exposure, int channels, int height, int width)
    {
        var pattern = FixedPattern.Create(sensor, height, width);
        var plane = height * width;
        double[] white = [.. Enumerable.Range(0, 3).Select(channel => exposure.ElectronsAtWhite(sensor, channel))];
        var electrons = new float[channels * plane];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            if (sensor.Cfa.IsBayer())
            {
                var channel = sensor.Cfa.ChannelAt(pixel / width, pixel % width);
                electrons[(channel * plane) + pixel] = (float)(white[channel] * pattern.Gain[pixel]);
            }
            else
            {
                // A third of the light in each band; a single channel stands for three equal ones.
                for (var channel = 0; channel < channels; channel++)
                {
                    electrons[(channel * plane) + pixel] = (float)((channels == 1 ? white.Sum() : white[channel]) / 3 * pattern.Gain[pixel]);
                }
            }
        }

        var dark = new float[plane];
        Array.Fill(dark, (float)exposure.DarkElectrons(sensor));
        for (var pixel = 0; pixel < pattern.DarkFactor.Length; pixel++)
        {
            dark[pixel] *= pattern.DarkFactor[pixel];
        }

        return new(channels, height, width, electrons, dark, pattern.OffsetElectrons);
    }

    public bool Fits(int channels, int height, int width) => (Channels, Height, Width) == (channels, height, width);
}
