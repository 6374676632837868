using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Sensors;

/// <summary>
/// The pixels' fixed differences, which make up a camera's fingerprint: an offset (DSNU) and a relative gain (PRNU) for each, and
/// which pixels are hot or dead.
/// </summary>
/// <remarks>
/// <para>
/// Offset and gain are sums of independent normal parts of the row, the column and the pixel, as EMVA 1288 release 4.0 Linear splits
/// them: s² = s²row + s²col + s²pixel.
/// </para>
/// <para>
/// A pixel's values follow from the camera seed, its row and its column alone, so a smaller pattern is the top left corner of a
/// larger one. Immutable.
/// </para>
/// </remarks>
internal sealed class FixedPattern
{
    private FixedPattern(int height, int width, bool hasDefects)
    {
        Height = height;
        Width = width;
        OffsetElectrons = new float[checked(height * width)];
        Gain = new float[OffsetElectrons.Length];
        DarkFactor = hasDefects ? new float[OffsetElectrons.Length] : [];
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Offset in e⁻, [Height, Width].</summary>
    public float[] OffsetElectrons { get; }

    /// <summary>Factor 1 + PRNU on the photo-electrons, at least 0, [Height, Width]; 0 for dead pixels.</summary>
    public float[] Gain { get; }

    /// <summary>Factor on the dark current: 1, more for hot pixels, 0 for dead ones, [Height, Width]. Empty where all are 1.</summary>
    public float[] DarkFactor { get; }

    public static FixedPattern Create(SensorModel sensor, int height, int width)
    {
        var pattern = new FixedPattern(height, width, sensor.HotPixelShare > 0 || sensor.DeadPixelShare > 0);
        double dsnu = sensor.DsnuPixelElectrons, prnu = sensor.PrnuPixelPercent / 100.0;
        var columns = Lines(sensor, CounterTag.ColumnPattern, width, sensor.DsnuColumnElectrons, sensor.PrnuColumnPercent);
        var rows = Lines(sensor, CounterTag.RowPattern, height, sensor.DsnuRowElectrons, sensor.PrnuRowPercent);
        for (int row = 0, pixel = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++, pixel++)
            {
                var draw = Philox4x32.Block((uint)column, CounterTag.PixelPattern, (uint)row, 0, (uint)sensor.CameraSeed, 0);
                var offset = (dsnu * NormalQuantile.At(draw.First)) + (rows[row].Offset + columns[column].Offset);
                var gain = (prnu * NormalQuantile.At(draw.Second)) + (rows[row].Gain + columns[column].Gain);
                pattern.OffsetElectrons[pixel] = (float)offset;
                pattern.Gain[pixel] = (float)Math.Max(0, 1 + gain);
            }
        }

        pattern.AddDefects(sensor);
        return pattern;
    }

    public bool Covers(int height, int width) => height <= Height && width <= Width;

    private static (double Offset, double Gain)[] Lines(SensorModel sensor, uint tag, int count, double dsnu, double prnuPercent)
    {
        var lines = new (double Offset, double Gain)[count];
        if (dsnu > 0 || prnuPercent > 0)
        {
            for (var line = 0; line < count; line++)
            {
                var draw = Philox4x32.Block((uint)line, tag, 0, 0, (uint)sensor.CameraSeed, 0);
                lines[line] = (dsnu * NormalQuantile.At(draw.First), prnuPercent / 100 * NormalQuantile.At(draw.Second));
            }
        }

        return lines;
    }

    // One uniform number decides, dead pixels from below and hot ones from above, so that no pixel is both.
    private void AddDefects(SensorModel sensor)
    {
        for (var pixel = 0; pixel < DarkFactor.Length; pixel++)
        {
            var (row, column) = Math.DivRem(pixel, Width);
            var draw = Philox4x32.Block((uint)column, CounterTag.Defects, (uint)row, 0, (uint)sensor.CameraSeed, 0).First;
            DarkFactor[pixel] = 1;
            if (draw < sensor.DeadPixelShare)
            {
                (Gain[pixel], DarkFactor[pixel]) = (0, 0);
            }
            else if (1 - draw < sensor.HotPixelShare)
            {
                DarkFactor[pixel] = sensor.HotPixelFactor;
            }
        }
    }
}
