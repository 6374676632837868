namespace Lens2Logit.Sensors;

/// <summary>
/// The pixels' fixed differences, which make up a camera's fingerprint: an offset (DSNU) and a relative gain (PRNU) for each,
/// normally distributed and independent.
/// </summary>
/// <remarks>
/// A pixel's pair follows from the camera seed, its row and its column alone, so a smaller pattern is the top left corner of a
/// larger one. Immutable.
/// </remarks>
internal sealed class FixedPattern
{
    /// <summary>Second word of the counters used here. Noise numbers its blocks from 0 and never gets this far.</summary>
    public const uint BlockTag = 0x8000_0000;

    private FixedPattern(int height, int width)
    {
        Height = height;
        Width = width;
        OffsetElectrons = new float[checked(height * width)];
        Gain = new float[OffsetElectrons.Length];
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Offset in e⁻, [Height, Width].</summary>
    public float[] OffsetElectrons { get; }

    /// <summary>Factor 1 + PRNU on the photo-electrons, at least 0, [Height, Width].</summary>
    public float[] Gain { get; }

    public static FixedPattern Create(SensorModel sensor, int height, int width)
    {
        var pattern = new FixedPattern(height, width);
        var prnu = sensor.PrnuPercent / 100.0;
        for (int row = 0, pixel = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++, pixel++)
            {
                var draw = Philox4x32.Block((uint)column, BlockTag, (uint)row, 0, (uint)sensor.CameraSeed, 0);
                pattern.OffsetElectrons[pixel] = (float)(sensor.DsnuElectrons * NormalQuantile.At(draw.First));
                pattern.Gain[pixel] = (float)Math.Max(0, 1 + (prnu * NormalQuantile.At(draw.Second)));
            }
        }

        return pattern;
    }

    public bool Covers(int height, int width) => height <= Height && width <= Width;
}
