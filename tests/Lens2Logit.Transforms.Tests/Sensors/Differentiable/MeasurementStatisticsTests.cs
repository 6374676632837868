using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Differentiable;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Sensors.Differentiable;

/// <summary>The differentiable measurement against the exact sampler, on the same camera and scene.</summary>
public class MeasurementStatisticsTests
{
    // 2^20 pixels: the standard error of a variance is 0.14 %, of the ratio of two 0.2 %, so that 1 % is five of them.
    [TestCase(20)]
    [TestCase(100)]
    [TestCase(1000)]
    [TestCase(7200)]
    [TestCase(7270)]
    public void Mean_and_variance_are_within_a_percent_of_the_exact_samplers_up_to_saturation(double electrons)
    {
        var (exact, differentiable) = FlatFields(Shots.PlainCamera, electrons);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(differentiable.Mean - Shots.PlainCamera.BlackLevelDn, Is.EqualTo(exact.Mean - Shots.PlainCamera.BlackLevelDn).Within(1).Percent);
            Assert.That(differentiable.Variance, Is.EqualTo(exact.Variance).Within(1).Percent);
        }
    }

    // Poisson's mean and variance are both λ, at any λ: where nothing clips, no electron is too few for the first two moments.
    [TestCase(0.5)]
    [TestCase(2)]
    public void Mean_and_variance_agree_at_few_electrons_too_where_the_black_level_leaves_room(double electrons)
    {
        var (exact, differentiable) = FlatFields(Shots.PlainCamera, electrons);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(differentiable.Mean, Is.EqualTo(exact.Mean).Within(1).Percent);
            Assert.That(differentiable.Variance, Is.EqualTo(exact.Variance).Within(1).Percent);
        }
    }

    // E[max(0, N(1, 1))] = Φ(1) + φ(1) = 1.083: a normal charge is sometimes negative, a Poisson one never.
    [Test]
    public void One_electron_without_black_level_is_8_percent_too_bright_as_the_documentation_says()
    {
        var camera = Shots.PlainCamera with { BlackLevelDn = 0, ReadNoiseElectrons = 0, SystemGain = 100, BitDepth = 16 };
        var (exact, differentiable) = FlatFields(camera, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(exact.Mean, Is.EqualTo(100).Within(0.5));
            Assert.That(differentiable.Mean, Is.EqualTo(108.3).Within(0.5));
        }
    }

    [Test]
    public void The_full_well_limits_mean_and_variance_as_it_does_the_samplers()
    {
        var camera = Shots.PlainCamera with { FullWellElectrons = 3000 };
        var (exact, differentiable) = FlatFields(camera, 2990);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(differentiable.Mean, Is.EqualTo(exact.Mean).Within(0.1).Percent);
            Assert.That(differentiable.Variance, Is.EqualTo(exact.Variance).Within(1).Percent);
        }
    }

    [Test]
    public void Fixed_pattern_hot_and_dead_pixels_are_those_of_the_same_camera_at_the_sampler()
    {
        const int Size = 32, Frames = 1500;
        var camera = SensorPresets.RawDrone with
        {
            CameraSeed = 11, DsnuElectrons = 6, DsnuRowElectrons = 2, PrnuPercent = 3, PrnuColumnPercent = 1, RowNoiseElectrons = 2,
            HotPixelShare = 0.02f, DeadPixelShare = 0.02f, HotPixelFactor = 1000, DarkCurrentElectronsPerSecond = 20, Cfa = CfaPattern.Gbrg,
        };
        var exposure = new Exposure { Illumination = 0.05f, ExposureTimeSeconds = 0.02f };
        var exact = new double[Frames][];
        for (var frame = 0; frame < Frames; frame++)
        {
            exact[frame] = Shots.TakeFlat(camera, exposure, Size, (ulong)frame);
        }

        var differentiable = Photograph(camera, exposure, Frames, Size).Chunk(Size * Size).ToArray();
        var (exactPixels, pixels) = (PerPixel(exact), PerPixel(differentiable));
        var deviations = exactPixels.Zip(pixels, (a, b) => (a.Mean - b.Mean) / Math.Sqrt((a.Variance + b.Variance) / Frames)).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(deviations, Is.All.InRange(-5.5, 5.5), "standard errors, of 1024 pixels");
            Assert.That(pixels.Average(p => p.Variance), Is.EqualTo(exactPixels.Average(p => p.Variance)).Within(1).Percent);

            // Only row noise makes neighbours in a row vary together: K²σrow² is the covariance.
            var covariance = camera.SystemGain * camera.SystemGain * 4;
            Assert.That(RowCovariance(differentiable, Size), Is.EqualTo(covariance).Within(10).Percent);
            Assert.That(RowCovariance(exact, Size), Is.EqualTo(covariance).Within(10).Percent);
        }
    }

    private static (Moments Exact, Moments Differentiable) FlatFields(SensorModel camera, double electrons)
    {
        const int Size = 1024;
        var exposure = Shots.Electrons(camera, electrons);
        return (Moments.Of(Shots.TakeFlat(camera, exposure, Size)), Moments.Of(Photograph(camera, exposure, 1, Size)));
    }

    private static double[] Photograph(SensorModel camera, Exposure exposure, int count, int size)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var stage = new DifferentiableMeasurement(new() { Sensor = camera, Exposure = exposure });
        return Shots.ToDn(camera, stage.forward(ones(count, 3, size, size)).flatten().data<float>().ToArray());
    }

    private static Moments[] PerPixel(double[][] frames) =>
        [.. Enumerable.Range(0, frames[0].Length).Select(pixel => Moments.Of(Array.ConvertAll(frames, frame => frame[pixel])))];

    /// <summary>Mean covariance over the frames of pixels that are two columns apart.</summary>
    private static double RowCovariance(double[][] frames, int size)
    {
        var means = PerPixel(frames);
        double sum = 0;
        long count = 0;
        foreach (var frame in frames)
        {
            for (var pixel = 0; pixel < frame.Length - 2; pixel++)
            {
                if (pixel % size < size - 2)
                {
                    sum += (frame[pixel] - means[pixel].Mean) * (frame[pixel + 2] - means[pixel + 2].Mean);
                    count++;
                }
            }
        }

        return sum / count;
    }
}
