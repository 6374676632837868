using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

/// <summary>Pictures taken for the tests, as digital numbers.</summary>
internal static class Shots
{
    /// <summary>A camera whose pixels are all alike and see all colours alike, so that a grey scene is one flat field.</summary>
    public static SensorModel PlainCamera { get; } = SensorPresets.RawDrone with
    {
        QuantumEfficiency = QuantumEfficiency.Uniform(0.5f),
        DsnuElectrons = 0,
        PrnuPercent = 0,
        DarkCurrentElectronsPerSecond = 0,
    };

    public static double[] Take(SensorModel sensor, Exposure exposure, float[] scene, int height, int width, ulong key = 0, int frame = 0)
    {
        var raw = new float[height * width];
        new MeasurementSampler(sensor, exposure, frame).Measure(scene, height, width, key, raw);
        return ToDn(sensor, raw);
    }

    public static double[] TakeFlat(SensorModel sensor, Exposure exposure, int size, ulong rowKey = 0, int frameSeed = 0)
    {
        var scene = new float[3 * size * size];
        Array.Fill(scene, 1f);
        return Take(sensor, exposure, scene, size, size, rowKey, frameSeed);
    }

    public static Exposure Electrons(SensorModel sensor, double electrons) =>
        new() { PhotonsPerPixel = (float)(electrons / sensor.QuantumEfficiency.Green) };

    /// <summary>The mean of several flat fields per pixel, and their temporal variance averaged over the pixels.</summary>
    public static (double[] Mean, double TemporalVariance) TakeSeries(SensorModel sensor, Exposure exposure, int size, int frames)
    {
        var mean = new double[size * size];
        var squares = new double[size * size];
        for (var frame = 0; frame < frames; frame++)
        {
            var shot = TakeFlat(sensor, exposure, size, (ulong)frame);
            for (var pixel = 0; pixel < shot.Length; pixel++)
            {
                mean[pixel] += shot[pixel] / frames;
                squares[pixel] += shot[pixel] * shot[pixel];
            }
        }

        var temporal = mean.Zip(squares, (average, square) => (square - (frames * average * average)) / (frames - 1)).Average();
        return (mean, temporal);
    }

    public static double Correlation(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        Moments a = Moments.Of(first), b = Moments.Of(second);
        double sum = 0;
        for (var i = 0; i < first.Length; i++)
        {
            sum += (first[i] - a.Mean) * (second[i] - b.Mean);
        }

        return sum / ((first.Length - 1) * a.StandardDeviation * b.StandardDeviation);
    }

    public static double[] ToDn(SensorModel sensor, float[] raw) =>
        Array.ConvertAll(raw, value => Math.Round(value * (double)sensor.MaximumDn));
}
