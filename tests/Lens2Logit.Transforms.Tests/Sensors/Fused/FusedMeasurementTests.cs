using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Fused;
using Lens2Logit.Simd;

namespace Lens2Logit.Tests.Sensors.Fused;

/// <summary>Measurements with vectors against the plain definition: the same bits, for every width of vectors.</summary>
public unsafe class FusedMeasurementTests
{
    private static readonly SimdWidth[] Widths = Enum.GetValues<SimdWidth>();

    private static readonly SensorModel Full = new()
    {
        DsnuElectrons = 6, DsnuRowElectrons = 2, DsnuColumnElectrons = 4, PrnuPercent = 5, PrnuRowPercent = 1, PrnuColumnPercent = 2,
        RowNoiseElectrons = 4, HotPixelShare = 0.02f, DeadPixelShare = 0.02f, DarkCurrentElectronsPerSecond = 20, BlackLevelDn = 64.25f, CameraSeed = -3,
    };

    private static IEnumerable<SensorModel> Sensors =>
    [
        .. SensorPresets.All,
        Full with { Name = "everything" },
        Full with { Name = "16 bit, many DN per electron", BitDepth = 16, SystemGain = 8.4f, ReadNoiseElectrons = 30 },
        Full with { Name = "8 bit, few DN per electron", BitDepth = 8, SystemGain = 0.01f, BlackLevelDn = 3 },
        Full with { Name = "largest wells", FullWellElectrons = 1e7f, SystemGain = 1e-4f, ReadNoiseElectrons = 1e4f },
        Full with { Name = "smallest wells", FullWellElectrons = 1, SystemGain = 1e4f },
        Full with { Name = "ties", SystemGain = 0.5f, ReadNoiseElectrons = 0, RowNoiseElectrons = 0, DsnuElectrons = 0, DsnuRowElectrons = 0, DsnuColumnElectrons = 0 },
    ];

    [Test]
    public void Every_width_gives_the_bits_of_the_definition(
        [ValueSource(nameof(Sensors))] SensorModel sensor, [Values(0, 1e-4f, 0.002f, 0.01f, 0.1f, 1, 30)] float illumination)
    {
        var exposure = new Exposure { Illumination = illumination };
        Compare(sensor, exposure, Scene(40, 64, 3), 40, 64);
        if (sensor.Cfa == CfaPattern.Monochrome)
        {
            Compare(sensor, exposure, Scene(20, 64, 1), 20, 64);
        }
    }

    [Test]
    public void The_bits_are_those_of_the_definition_at_every_size_and_with_every_colour_filter_array([Values] CfaPattern pattern)
    {
        var exposure = new Exposure { Illumination = 0.02f };
        for (var width = 1; width <= 36; width++)
        {
            Compare(Full with { Cfa = pattern }, exposure, Scene(3, width, 3), 3, width);
        }

        foreach (var width in new[] { 255, 256, 257, 258, 271, 300, 511, 513, 769, 1000 })
        {
            Compare(Full with { Cfa = pattern }, exposure, Scene(3, width, 3), 3, width);
        }
    }

    [Test]
    public void The_bits_are_those_of_the_definition_in_light_that_no_arithmetic_holds([Values(1e-45f, 1e-38f, 1e20f, float.MaxValue)] float value, [Values] bool isMonochrome)
    {
        var scene = Enumerable.Repeat(value, 3 * 8 * 40).ToArray();
        Compare(Full with { Cfa = isMonochrome ? CfaPattern.Monochrome : CfaPattern.Gbrg }, new Exposure { Illumination = 1000 }, scene, 8, 40);
    }

    [Test]
    public void The_bits_are_those_of_the_definition_within_a_larger_fixed_pattern()
    {
        var pattern = FixedPattern.Create(Full, 50, 90);
        Compare(Full, new Exposure { Illumination = 0.1f }, Scene(33, 61, 3), 33, 61, pattern);
    }

    [TestCase(1f)]
    [TestCase(0.1f)]
    [TestCase(0.01f)]
    [TestCase(0.001f)]
    public void Few_pixels_are_measured_plainly(float illumination)
    {
        const int Size = 256;
        var sensor = SensorPresets.RawDrone;
        var scene = Scene(Size, Size, 3);
        foreach (var simd in Widths)
        {
            var raw = new float[Size * Size];
            var plain = Run(sensor, new Exposure { Illumination = illumination }, FixedPattern.Create(sensor, Size, Size), scene, Size, Size, raw,
                (in MeasurementFrame frame) => FusedMeasurement.Measure(in frame, simd));
            Assert.That(plain, Is.LessThan(0.002 * raw.Length), $"{simd}");
        }
    }

    private delegate int Measuring(in MeasurementFrame frame);

    private static void Compare(SensorModel sensor, Exposure exposure, float[] scene, int height, int width, FixedPattern? pattern = null)
    {
        const int Guard = 32;
        var expected = new float[height * width];
        pattern ??= FixedPattern.Create(sensor, height, width);
        Run(sensor, exposure, pattern, scene, height, width, expected, (in MeasurementFrame frame) =>
        {
            PlainMeasurement.Measure(in frame);
            return 0;
        });
        foreach (var simd in Widths)
        {
            var actual = Enumerable.Repeat(-7f, expected.Length + (2 * Guard)).ToArray();
            Run(sensor, exposure, pattern, scene, height, width, actual.AsSpan(Guard, expected.Length),
                (in MeasurementFrame frame) => FusedMeasurement.Measure(in frame, simd));
            var differing = Enumerable.Range(0, expected.Length).Where(pixel => actual[Guard + pixel] != expected[pixel]).ToList();
            Assert.That(differing, Is.Empty, $"{sensor.Name} {height}×{width} {simd}");
            Assert.That(actual[..Guard].Concat(actual[^Guard..]), Is.All.EqualTo(-7f), "nothing is written outside the image");
        }
    }

    private static int Run(
        SensorModel sensor, Exposure exposure, FixedPattern pattern, float[] scene, int height, int width, Span<float> raw, Measuring measure)
    {
        fixed (float* source = scene, target = raw)
        {
            return measure(new(sensor, -9, MeanCharge.Of(sensor, exposure), pattern, source, scene.Length / (height * width), target, height, width, 0x1234_5678_9ABCUL));
        }
    }

    /// <summary>Greys from 0 to 1 in no order, so that neighbouring pixels have rates of all sizes; the colours differ.</summary>
    private static float[] Scene(int height, int width, int channels)
    {
        var random = new Random(height + width);
        return [.. Enumerable.Range(0, channels * height * width).Select(_ => MathF.Pow(random.NextSingle(), 3))];
    }
}
