using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

public class MeasurementSamplerTests
{
    [Test]
    public void The_same_seeds_and_key_give_the_same_bits_on_one_and_on_two_threads()
    {
        const int Size = 64, Images = 32;
        var scene = GreyRamp(Size);
        var alone = new float[Images][];
        var together = new float[Images][];
        var sampler = new MeasurementSampler(SensorPresets.RawDrone, new Exposure { Illumination = 0.05f }, 3);
        for (var i = Images - 1; i >= 0; i--)
        {
            sampler.Measure(scene, Size, Size, (ulong)i, alone[i] = new float[Size * Size]);
        }

        var shared = new MeasurementSampler(SensorPresets.RawDrone, new Exposure { Illumination = 0.05f }, 3);
        Parallel.For(0, Images, new ParallelOptions { MaxDegreeOfParallelism = 2 },
            i => shared.Measure(scene, Size, Size, (ulong)i, together[i] = new float[Size * Size]));
        Assert.That(together, Is.EqualTo(alone));
    }

    // Frozen: data sets that were sampled with one version must come out the same with the next. The numbers come from a second,
    // independent implementation (Python) of the documented counters and distributions.
    [Test]
    public void The_bits_do_not_change_between_versions()
    {
        var camera = SensorPresets.RawDrone with { CameraSeed = 5 };
        var exposure = new Exposure { Illumination = 0.05f };
        var small = Shots.Take(camera, exposure, GreyRamp(4), 4, 4, 0x1_0000_0007, -2);
        var large = Shots.Take(camera, exposure, GreyRamp(64), 64, 64, 0x1_0000_0007, -2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(small, Is.EqualTo(new double[] { 255, 266, 264, 293, 307, 295, 321, 301, 289, 371, 294, 386, 386, 351, 427, 361 }));
            Assert.That(large.Select((number, pixel) => number * ((pixel % 977) + 1)).Sum(), Is.EqualTo(634_738_091));
        }
    }

    [TestCase(CfaPattern.Rggb, "RGGB")]
    [TestCase(CfaPattern.Bggr, "BGGR")]
    [TestCase(CfaPattern.Grbg, "GRBG")]
    [TestCase(CfaPattern.Gbrg, "GBRG")]
    public void Each_site_measures_its_own_colour(CfaPattern pattern, string cell)
    {
        const int Height = 5, Width = 7;
        var camera = Shots.PlainCamera with { Cfa = pattern, QuantumEfficiency = new(0.25f, 0.5f, 0.4f), ReadNoiseElectrons = 0 };
        var scene = new float[3 * Height * Width];
        scene.AsSpan(0, Height * Width).Fill(0.4f);
        scene.AsSpan(Height * Width, Height * Width).Fill(0.5f);
        scene.AsSpan(2 * Height * Width).Fill(1f);
        var shot = Shots.Take(camera, new Exposure { PhotonsPerPixel = 10_000 }, scene, Height, Width);

        // 1000, 2500 and 4000 e⁻ lie more than 20 standard deviations apart.
        for (var pixel = 0; pixel < shot.Length; pixel++)
        {
            var colour = cell[(pixel / Width % 2 * 2) + (pixel % Width % 2)];
            var expected = colour switch { 'R' => 1000, 'G' => 2500, _ => 4000 };
            var measured = (shot[pixel] - camera.BlackLevelDn) / camera.SystemGain;
            Assert.That(measured, Is.EqualTo(expected).Within(6 * Math.Sqrt(expected)), $"pixel {pixel}");
        }
    }

    [Test]
    public void The_full_well_limits_the_charge()
    {
        var camera = SensorPresets.Imx183 with { ReadNoiseElectrons = 0, DsnuElectrons = 0 };
        Assert.That(Shots.TakeFlat(camera, new Exposure { Illumination = 5 }, 8), Is.All.EqualTo(Math.Round((14_837 * 0.24f) + 240)));
    }

    [Test]
    public void The_converter_clips_at_its_largest_number([Values(1, 300)] float factor) =>
        Assert.That(Shots.TakeFlat(SensorPresets.RawDrone, new Exposure { Illumination = 3 * factor }, 8), Is.All.EqualTo(4095));

    [Test]
    public void The_converter_clips_at_zero()
    {
        var camera = Shots.PlainCamera with { BlackLevelDn = 0, ReadNoiseElectrons = 10 };
        var shot = Shots.TakeFlat(camera, new Exposure { Illumination = 0 }, 64);
        Assert.That(shot, Has.All.GreaterThanOrEqualTo(0));
        Assert.That(shot.Count(number => number == 0), Is.EqualTo(2048).Within(400), "about half of a symmetric noise around 0");
    }

    [Test]
    public void Raw_lies_between_0_and_1_for_every_finite_scene(
        [Values(0, 1e-30f, 1, 1e30f, float.MaxValue)] float value, [Values(8, 12, 16)] int bits)
    {
        var raw = new float[12];
        var sampler = new MeasurementSampler(new SensorModel { BitDepth = bits, BlackLevelDn = 10 }, new Exposure());
        sampler.Measure(Enumerable.Repeat(value, 36).ToArray(), 3, 4, 0, raw);
        Assert.That(raw, Is.All.InRange(0f, 1f));
    }

    [TestCase(1, 1)]
    [TestCase(1, 9)]
    [TestCase(9, 1)]
    public void Any_size_is_measured(int height, int width)
    {
        var scene = Enumerable.Repeat(1f, 3 * height * width).ToArray();
        Assert.That(Shots.Take(Shots.PlainCamera, new Exposure { Illumination = 0.5f }, scene, height, width), Is.All.InRange(2000, 2300));
    }

    [Test]
    public void Nothing_is_allocated_after_the_first_image_of_a_size()
    {
        var sampler = new MeasurementSampler(SensorPresets.RawDrone, new Exposure { Illumination = 0.05f });
        var scene = GreyRamp(32);
        var raw = new float[32 * 32];
        Assert.That(Allocations.OfTwentyCalls(key => sampler.Measure(scene, 32, 32, key, raw)), Is.Zero);
    }

    private static float[] GreyRamp(int size) =>
        [.. Enumerable.Range(0, 3 * size * size).Select(i => i % (size * size) / (float)(size * size))];
}
