using Lens2Logit.Isp;
using Lens2Logit.Isp.Fused;
using Lens2Logit.Sensors;
using Lens2Logit.Simd;

namespace Lens2Logit.Tests.Isp;

/// <summary>The fused kernels against the plain pipeline in double precision, for every width of vectors.</summary>
public class FusedStaticIspTests
{
    private static readonly SimdWidth[] Widths = Enum.GetValues<SimdWidth>();

    [Test]
    public void Every_width_equals_the_plain_pipeline_at_any_size([ValueSource(nameof(Configurations))] IspConfiguration configuration, [BayerPatterns] CfaPattern pattern)
    {
        var isp = new StaticIsp(CameraParameters.RawDrone with { Cfa = pattern }, configuration);
        for (int height = 4; height <= 20; height++)
            for (int width = 4; width <= 20; width++)
                Compare(isp, height, width);
        foreach (var (height, width) in new[] { (64, 64), (75, 100), (100, 75), (37, 130) })
            Compare(isp, height, width);
    }

    [Test]
    public void Strong_colour_correction_and_other_gammas_keep_the_precision([ValueSource(nameof(Configurations))] IspConfiguration configuration, [Values(0.5, 1, 1.8, 2.4, 5)] double gamma) =>
        Compare(new(CameraParameters.RawMicroscopy, configuration, gamma), 45, 62);

    [TestCase(1.0)]
    [TestCase(1.8)]
    [TestCase(2.2)]
    [TestCase(3.0)]
    public void Gamma_is_exact_to_2e7_and_black_stays_black(double gamma)
    {
        const int size = 256;
        var isp = new StaticIsp(CameraParameters.Identity with { ColorMatrix = [0, 0, 0, 0, 1, 0, 0, 0, 0], BlackLevel = [0, 0, 0, 0] }, IspConfiguration.Parse("ma,s,ga"), gamma);
        var rgb = new float[3 * size * size];
        foreach (var width in Widths)
        {
            for (int i = 0; i < size; i++)
            {
                // A flat image passes the linear part unchanged, away from the border that sharpening darkens.
                float value = i * i / (float)((size - 1) * (size - 1));
                FusedStaticIsp.Process(isp.Plan!, Enumerable.Repeat(value, 144).ToArray(), 12, 12, rgb.AsSpan(0, 432), width);
                float actual = rgb[144 + 6 * 12 + 6];
                double slope = value > 0 ? Math.Pow(value, 1 / gamma - 1) / gamma : 0;
                Assert.That(actual, Is.EqualTo(Math.Pow(value, 1 / gamma)).Within(2e-7 + 4e-7 * value * slope), $"{value} {width}");
                if (value == 0)
                    Assert.That(actual, Is.Zero);
            }
        }
    }

    [Test]
    public void A_gamma_beyond_the_polynomial_takes_the_plain_path()
    {
        Assert.That(new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse("ma,s,ga"), 0.05).Plan, Is.Null);
    }

    [TestCaseSource(nameof(Configurations))]
    public void Nothing_is_allocated_per_image(IspConfiguration configuration)
    {
        const int size = 64;
        var isp = new StaticIsp(CameraParameters.RawDrone, configuration);
        float[] raw = Mosaic(size, size), rgb = new float[3 * size * size];
        Assert.That(Allocations.OfTwentyCalls(_ => isp.Process<float>(raw, size, size, rgb)), Is.Zero);
    }

    [Test]
    public void Any_division_into_bands_gives_the_same_image([ValueSource(nameof(Configurations))] IspConfiguration configuration, [Values(4, 7, 30)] int height)
    {
        const int width = 37;
        var plan = new StaticIsp(CameraParameters.RawDrone, configuration).Plan!;
        var raw = Mosaic(height, width);
        foreach (var simd in Widths)
        {
            var whole = new float[3 * raw.Length];
            FusedStaticIsp.Process(plan, raw, height, width, whole, simd);
            for (int bands = 2; bands <= height; bands++)
            {
                var divided = new float[whole.Length];
                FusedStaticIsp.Process(plan, raw, height, width, divided, simd, threads: 3, bands);
                Assert.That(divided, Is.EqualTo(whole), $"{simd}, {bands} bands");
            }
        }
    }

    [Test]
    public void A_bad_pixel_is_found_in_any_band_and_threads_are_checked()
    {
        var isp = new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse("ma,s,ga"));
        // Enough pixels for three workers.
        const int size = 450;
        var raw = Mosaic(size, size);
        var rgb = new float[3 * raw.Length];
        Assert.That(() => isp.Process<float>(raw, size, size, rgb, threads: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        raw[415 * size + 3] = float.NaN;
        Assert.That(() => isp.Process<float>(raw, size, size, rgb, threads: 3), Throws.ArgumentException.With.Message.Contains("row 415, column 3"));
    }

    [Test]
    public void Nothing_is_written_outside_the_result([ValueSource(nameof(Configurations))] IspConfiguration configuration, [Values(4, 15, 16, 17, 33)] int width)
    {
        const int height = 5, guard = 40;
        var isp = new StaticIsp(CameraParameters.RawDrone, configuration);
        foreach (var simd in Widths)
        {
            var rgb = Enumerable.Repeat(-7f, 3 * height * width + 2 * guard).ToArray();
            FusedStaticIsp.Process(isp.Plan!, Mosaic(height, width), height, width, rgb.AsSpan(guard, 3 * height * width), simd);
            Assert.That(rgb[..guard].Concat(rgb[^guard..]), Is.All.EqualTo(-7f));
            Assert.That(rgb[guard..^guard], Is.All.InRange(0f, 1f));
        }
    }

    [Test]
    public void A_pixel_that_is_not_finite_is_named_wherever_it_is([ValueSource(nameof(Configurations))] IspConfiguration configuration)
    {
        const int height = 9, width = 21;
        var isp = new StaticIsp(CameraParameters.RawDrone, configuration);
        foreach (var simd in Widths)
        {
            for (int i = 0; i < height * width; i++)
            {
                var raw = Mosaic(height, width);
                raw[i] = i % 2 == 0 ? float.NaN : float.NegativeInfinity;
                Assert.That(() => FusedStaticIsp.Process(isp.Plan!, raw, height, width, new float[3 * height * width], simd),
                    Throws.ArgumentException.With.Message.Contains($"row {i / width}, column {i % width}"));
            }
        }
    }

    private static IEnumerable<IspConfiguration> Configurations() =>
        IspConfiguration.All.Append(IspConfiguration.Parse("ma,uv,ga")).Append(IspConfiguration.Parse("bi,uv,me"))
            .Append(IspConfiguration.Parse("bi,s,fft")).Append(IspConfiguration.Parse("me,u,fft"));

    /// <summary>Noise with edges, some of it below the black level and some beyond white.</summary>
    private static float[] Mosaic(int height, int width)
    {
        var random = new Random(height * 1000 + width);
        var raw = new float[height * width];
        for (int i = 0; i < raw.Length; i++)
            raw[i] = 0.02f + 0.6f * random.NextSingle() + ((i / width / 5 + i % width / 7) % 2) * 0.3f;
        return raw;
    }

    private static void Compare(StaticIsp isp, int height, int width)
    {
        var raw = Mosaic(height, width);
        var exact = Array.ConvertAll(raw, value => (double)value);
        var expected = new double[3 * raw.Length];
        PlainStaticIsp.Process<double>(isp, exact, height, width, expected);
        var precision = new SinglePrecision(isp, exact, height, width, expected);
        foreach (var simd in Widths)
        {
            var actual = new float[expected.Length];
            FusedStaticIsp.Process(isp.Plan!, raw, height, width, actual, simd);
            precision.Require(actual, $"{isp} {height}×{width} {simd}");
        }
    }
}
