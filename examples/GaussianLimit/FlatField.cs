using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Differentiable;
using static TorchSharp.torch;

namespace GaussianLimit;

/// <summary>A uniformly lit image of each kind, in digital numbers: from the exact sampler, and from the differentiable measurement.</summary>
internal sealed record FlatField(SensorModel Sensor, double[] Exact, double[] Differentiable)
{
    /// <summary>Pixels alike and of 10 DN per electron, so that what is seen is the charge's distribution and not the rounding's.</summary>
    public static SensorModel Camera(float readNoiseElectrons, float blackLevelDn) => new()
    {
        Name = "Ideal", BitDepth = 16, Cfa = CfaPattern.Monochrome, QuantumEfficiency = QuantumEfficiency.Uniform(1), SystemGain = 10,
        ReadNoiseElectrons = readNoiseElectrons, BlackLevelDn = blackLevelDn, DarkCurrentElectronsPerSecond = 0, DsnuElectrons = 0, PrnuPercent = 0,
    };

    public static FlatField Take(SensorModel sensor, double electrons, int size)
    {
        var exposure = new Exposure { PhotonsPerPixel = (float)electrons };
        var scene = new float[size * size];
        Array.Fill(scene, 1);
        var exact = new float[scene.Length];
        new MeasurementSampler(sensor, exposure).Measure(scene, size, size, 0, exact);

        using var scope = NewDisposeScope();
        using var stage = new DifferentiableMeasurement(new() { Sensor = sensor, Exposure = exposure });
        stage.eval();
        using var noGradients = no_grad();
        var differentiable = stage.forward(ones(1, 1, size, size)).flatten().data<float>().ToArray();
        return new(sensor, ToDn(exact), ToDn(differentiable));

        double[] ToDn(float[] raw) => Array.ConvertAll(raw, value => Math.Round(value * (double)sensor.MaximumDn));
    }

    /// <summary>Mean above black and variance of the differentiable image over those of the exact one.</summary>
    public (double Mean, double Variance) Ratios()
    {
        var (exact, differentiable) = (Moments(Exact), Moments(Differentiable));
        return (differentiable.Mean / exact.Mean, differentiable.Variance / exact.Variance);

        (double Mean, double Variance) Moments(double[] numbers)
        {
            double mean = numbers.Average();
            return (mean - Sensor.BlackLevelDn, numbers.Average(number => (number - mean) * (number - mean)));
        }
    }

    /// <summary>Kolmogorov's distance: the largest difference of the two cumulative distributions.</summary>
    public double Distance()
    {
        double difference = 0, largest = 0;
        foreach (var (exact, differentiable) in Histogram(Exact).Zip(Histogram(Differentiable)))
        {
            difference += exact - differentiable;
            largest = Math.Max(largest, Math.Abs(difference));
        }
        return largest;
    }

    /// <summary>Share of the pixels at each digital number.</summary>
    public double[] Histogram(double[] numbers)
    {
        var shares = new double[Sensor.MaximumDn + 1];
        foreach (var number in numbers)
            shares[(int)number] += 1.0 / numbers.Length;
        return shares;
    }
}
