using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

/// <summary>Hot and dead pixels, temporal row noise, and the parts of DSNU and PRNU that rows and columns share.</summary>
public class SensorDefectsTests
{
    private const int Size = 256;

    private static readonly SensorModel Plain = Shots.PlainCamera with { BitDepth = 16, SystemGain = 2, BlackLevelDn = 1000 };

    [Test]
    public void Hot_pixels_have_more_dark_current_and_dead_ones_have_neither_light_nor_dark_current()
    {
        var camera = Plain with
        {
            DarkCurrentElectronsPerSecond = 100, ReadNoiseElectrons = 0, HotPixelShare = 0.02f, HotPixelFactor = 50, DeadPixelShare = 0.01f,
        };
        var dark = Electrons(camera, new Exposure { Illumination = 0, ExposureTimeSeconds = 1 });
        var bright = Electrons(camera, Shots.Electrons(camera, 5000) with { ExposureTimeSeconds = 1 });
        int dead = dark.Count(value => value == 0), hot = dark.Count(value => value > 2500);
        using (Assert.EnterMultipleScope())
        {
            // Binomial: 4.5 standard deviations.
            Assert.That(dead, Is.EqualTo(0.01 * Size * Size).Within(4.5 * Math.Sqrt(0.01 * Size * Size)));
            Assert.That(hot, Is.EqualTo(0.02 * Size * Size).Within(4.5 * Math.Sqrt(0.02 * Size * Size)));
            Assert.That(dark.Where(value => value > 2500).Average(), Is.EqualTo(5000).Within(1).Percent);
            Assert.That(dark.Where(value => value is > 0 and < 2500).Average(), Is.EqualTo(100).Within(1).Percent);
            Assert.That(bright.Where((_, pixel) => dark[pixel] == 0), Is.All.Zero);
            Assert.That(bright.Where((_, pixel) => dark[pixel] > 2500).Average(), Is.EqualTo(10_000).Within(1).Percent);
        }
    }

    [Test]
    public void Defects_belong_to_the_camera_and_leave_the_other_pixels_as_they_are()
    {
        var exposure = Shots.Electrons(Plain, 300);
        var whole = Shots.TakeFlat(Plain, exposure, Size);
        var broken = Shots.TakeFlat(Plain with { DeadPixelShare = 0.01f }, exposure, Size);
        var changed = Enumerable.Range(0, whole.Length).Where(pixel => whole[pixel] != broken[pixel]).ToArray();
        var again = Shots.TakeFlat(Plain with { DeadPixelShare = 0.01f }, exposure, Size, rowKey: 9);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed, Has.Length.EqualTo(0.01 * Size * Size).Within(4.5 * Math.Sqrt(0.01 * Size * Size)));
            Assert.That(changed.Select(pixel => again[pixel]), Is.All.LessThan(Plain.BlackLevelDn + 100));
        }
    }

    [Test]
    public void Row_noise_is_shared_by_a_row_and_new_in_every_image()
    {
        var camera = Plain with { ReadNoiseElectrons = 0, RowNoiseElectrons = 5 };
        var dark = new Exposure { Illumination = 0 };
        const int Height = 4096, Width = 4;
        var first = Rows(0, 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Moments.Of(first).StandardDeviation / camera.SystemGain, Is.EqualTo(5).Within(4.5 / Math.Sqrt(2 * Height) * 100).Percent);
            Assert.That(Shots.Correlation(first, Rows(1, 0)), Is.Zero.Within(4.5 / Math.Sqrt(Height)));
            Assert.That(Shots.Correlation(first, Rows(0, 1)), Is.Zero.Within(4.5 / Math.Sqrt(Height)));
            Assert.That(Shots.Correlation(first.AsSpan(1), first.AsSpan(..^1)), Is.Zero.Within(4.5 / Math.Sqrt(Height)));
        }

        double[] Rows(ulong key, int frame)
        {
            var shot = Shots.Take(camera, dark, new float[3 * Height * Width], Height, Width, key, frame);
            Assert.That(Enumerable.Range(0, shot.Length).All(pixel => shot[pixel] == shot[pixel / Width * Width]), "a row is of one value");
            return [.. Enumerable.Range(0, Height).Select(row => shot[row * Width])];
        }
    }

    [Test]
    public void Nonuniformity_is_split_into_rows_columns_and_pixels()
    {
        var camera = Plain with
        {
            DsnuElectrons = 6, DsnuRowElectrons = 2, DsnuColumnElectrons = 4, PrnuPercent = 2, PrnuRowPercent = 1.2f, PrnuColumnPercent = 0.5f,
        };
        const int Lines = 2048;
        var tall = FixedPattern.Create(camera, Lines, 64);
        var wide = FixedPattern.Create(camera, 64, Lines);
        var offsetRows = Split(tall.OffsetElectrons, Lines);
        var offsetColumns = Split(wide.OffsetElectrons, 64);
        var gainRows = Split(tall.Gain, Lines);
        var gainColumns = Split(wide.Gain, 64);

        // Standard error of a standard deviation of 2048 lines: 1.6 %.
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Math.Sqrt(offsetRows.Row), Is.EqualTo(2).Within(7).Percent);
            Assert.That(Math.Sqrt(offsetColumns.Column), Is.EqualTo(4).Within(7).Percent);
            Assert.That(Math.Sqrt(offsetRows.Pixel), Is.EqualTo(4).Within(2).Percent);
            Assert.That(100 * Math.Sqrt(gainRows.Row), Is.EqualTo(1.2).Within(7).Percent);
            Assert.That(100 * Math.Sqrt(gainColumns.Column), Is.EqualTo(0.5).Within(7).Percent);
            Assert.That(100 * Math.Sqrt(gainRows.Pixel), Is.EqualTo(Math.Sqrt(4 - 1.44 - 0.25)).Within(2).Percent);
        }

        Lens2Logit.Sensors.PhotonTransfer.SpatialVariances Split(float[] map, int height) =>
            Lens2Logit.Sensors.PhotonTransfer.SpatialVariances.Of(Array.ConvertAll(map, value => (double)value), height, map.Length / height);
    }

    [Test]
    public void A_pixel_keeps_its_row_its_column_and_its_defects_whatever_the_image_size()
    {
        var camera = Plain with { DsnuElectrons = 6, DsnuRowElectrons = 2, DsnuColumnElectrons = 4, HotPixelShare = 0.3f, DeadPixelShare = 0.3f };
        FixedPattern small = FixedPattern.Create(camera, 5, 7), large = FixedPattern.Create(camera, 9, 11);
        for (var row = 0; row < 5; row++)
        {
            Assert.That(small.OffsetElectrons[(row * 7)..((row + 1) * 7)], Is.EqualTo(large.OffsetElectrons[(row * 11)..((row * 11) + 7)]));
            Assert.That(small.DarkFactor[(row * 7)..((row + 1) * 7)], Is.EqualTo(large.DarkFactor[(row * 11)..((row * 11) + 7)]));
        }
    }

    // Frozen, from a second, independent implementation (Python) of the documented counters.
    [Test]
    public void The_bits_do_not_change_between_versions()
    {
        var camera = Plain with
        {
            CameraSeed = 5, ReadNoiseElectrons = 3, RowNoiseElectrons = 4, DsnuElectrons = 6, DsnuRowElectrons = 2, DsnuColumnElectrons = 4,
        };
        var dark = Shots.Take(camera, new Exposure { Illumination = 0 }, new float[48], 4, 4, 0x1_0000_0007, -2);
        var factor = FixedPattern.Create(camera with { HotPixelShare = 0.02f, DeadPixelShare = 0.02f }, 16, 16).DarkFactor;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(dark, Is.EqualTo(new double[] { 999, 996, 985, 1005, 994, 997, 993, 990, 1006, 996, 989, 1011, 989, 988, 977, 995 }));
            Assert.That(Enumerable.Range(0, 256).Where(pixel => factor[pixel] == 0), Is.EqualTo(new[] { 17, 38, 55, 160, 224, 247 }));
            Assert.That(Enumerable.Range(0, 256).Where(pixel => factor[pixel] == 100), Is.EqualTo(new[] { 25, 93, 97, 141, 234, 245 }));
        }
    }

    [Test]
    public void Measuring_with_defects_and_row_noise_allocates_nothing()
    {
        var camera = Plain with { RowNoiseElectrons = 1, HotPixelShare = 0.01f, DeadPixelShare = 0.01f, Cfa = CfaPattern.Monochrome };
        var sampler = new MeasurementSampler(camera, new Exposure());
        float[] scene = new float[32 * 32], raw = new float[32 * 32];
        Assert.That(Allocations.OfTwentyCalls(key => sampler.Measure(scene, 32, 32, key, raw)), Is.Zero);
    }

    private static double[] Electrons(SensorModel camera, Exposure exposure) =>
        Array.ConvertAll(Shots.TakeFlat(camera, exposure, Size), number => (number - camera.BlackLevelDn) / camera.SystemGain);
}
