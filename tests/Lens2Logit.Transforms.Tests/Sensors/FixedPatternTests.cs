using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

/// <summary>
/// DSNU and PRNU as the standard measures them: the spatial variance of an average of frames, less the temporal noise left in
/// it. With 512×512 pixels the standard error of a standard deviation is 0.14 %; the threshold is 1 %.
/// </summary>
public class FixedPatternTests
{
    private const int Size = 512;
    private const int Frames = 16;

    private static readonly SensorModel Camera = Shots.PlainCamera with { DsnuElectrons = 6, PrnuPercent = 2 };
    private static readonly Exposure Dark = new() { Illumination = 0 };
    private static readonly Exposure Half = new() { Illumination = 0.5f };

    [Test]
    public void Dsnu_is_recovered_from_dark_frames()
    {
        var dark = Shots.TakeSeries(Camera, Dark, Size, Frames);
        Assert.That(Math.Sqrt(SpatialVariance(dark)) / Camera.SystemGain, Is.EqualTo(Camera.DsnuElectrons).Within(1).Percent);
    }

    [Test]
    public void Prnu_is_recovered_at_half_of_saturation()
    {
        var dark = Shots.TakeSeries(Camera, Dark, Size, Frames);
        var half = Shots.TakeSeries(Camera, Half, Size, Frames);
        var prnu = 100 * Math.Sqrt(SpatialVariance(half) - SpatialVariance(dark)) / (half.Mean.Average() - dark.Mean.Average());
        Assert.That(prnu, Is.EqualTo(Camera.PrnuPercent).Within(1).Percent);
    }

    [Test]
    public void The_pattern_belongs_to_the_camera_and_not_to_the_frame()
    {
        var silent = Camera with { ReadNoiseElectrons = 0 };
        var first = Shots.TakeFlat(silent, Dark, Size, rowKey: 1, frameSeed: 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Shots.TakeFlat(silent, Dark, Size, rowKey: 2, frameSeed: 2), Is.EqualTo(first));
            Assert.That(Shots.Correlation(first, Shots.TakeFlat(silent with { CameraSeed = -1 }, Dark, Size)), Is.Zero.Within(4.5 / Size));
        }
    }

    [Test]
    public void Offsets_and_gains_are_independent_of_each_other_and_of_their_neighbours()
    {
        var pattern = FixedPattern.Create(Camera, Size, Size);
        var offset = Array.ConvertAll(pattern.OffsetElectrons, value => (double)value);
        var gain = Array.ConvertAll(pattern.Gain, value => (double)value);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Shots.Correlation(offset, gain), Is.Zero.Within(4.5 / Size));
            Assert.That(Shots.Correlation(offset.AsSpan(1), offset.AsSpan(..^1)), Is.Zero.Within(4.5 / Size));
            Assert.That(Shots.Correlation(gain.AsSpan(Size), gain.AsSpan(..^Size)), Is.Zero.Within(4.5 / Size));
            Assert.That(Moments.Of(gain).Mean, Is.EqualTo(1).Within(4.5 * 0.02 / Size));
            Assert.That(Moments.Of(offset).Mean, Is.Zero.Within(4.5 * 6 / Size));
        }
    }

    [Test]
    public void A_pixel_keeps_its_pattern_whatever_the_image_size()
    {
        var silent = Camera with { ReadNoiseElectrons = 0 };
        var sampler = new MeasurementSampler(silent, Dark);
        var large = DarkFrame(sampler, 9, 8);

        // Smaller, taller, wider, and back: the cached pattern is cut, grown and replaced on the way.
        foreach (var (height, width) in new[] { (3, 5), (40, 2), (2, 300), (9, 8) })
        {
            var frame = DarkFrame(sampler, height, width);
            for (var row = 0; row < Math.Min(9, height); row++)
            {
                var shared = Math.Min(8, width);
                var expected = large.AsSpan(row * 8, shared).ToArray();
                Assert.That(frame.AsSpan(row * width, shared).ToArray(), Is.EqualTo(expected), $"{height}×{width}, row {row}");
            }
        }
    }

    [Test]
    public void A_pixel_with_a_negative_factor_is_blind() =>
        Assert.That(FixedPattern.Create(Camera with { PrnuPercent = 100 }, 64, 64).Gain, Has.All.GreaterThanOrEqualTo(0).And.Some.Zero);

    private static double SpatialVariance((double[] Mean, double TemporalVariance) series) =>
        Moments.Of(series.Mean).Variance - (series.TemporalVariance / Frames);

    private static float[] DarkFrame(MeasurementSampler sampler, int height, int width)
    {
        var raw = new float[height * width];
        sampler.Measure(new float[3 * height * width], height, width, 0, raw);
        return raw;
    }
}
