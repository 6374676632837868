using Lens2Logit.Demosaicing;
using Lens2Logit.Isp;
using Lens2Logit.Isp.Fused;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Isp;

/// <summary>
/// The fused kernels against the plain pipeline in double precision, for every width of vectors. Precision of float32 with s = max(1,
/// ‖linear‖∞): 2e-6·s after gamma where the linear value is at least 1e-3, below that a linear error of 1e-6·s seen through gamma. A linear
/// error of 3e-7·s is always allowed: just above 1e-3 gamma makes 6e-6 of it, and a few roundings after sharpening are no less.
/// </summary>
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
    public void A_gamma_beyond_the_polynomial_and_Fourier_denoising_take_the_plain_path()
    {
        Assert.That(new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse("ma,s,ga"), 0.05).Plan, Is.Null);
        Assert.That(new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse("ma,s,fft")).Plan, Is.Null);
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
                FusedStaticIsp.Process(plan, raw, height, width, divided, simd, bands);
                Assert.That(divided, Is.EqualTo(whole), $"{simd}, {bands} bands");
            }
        }
    }

    [Test]
    public void A_bad_pixel_is_found_in_any_band_and_threads_are_checked()
    {
        var isp = new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse("ma,s,ga"));
        var raw = Mosaic(20, 20);
        Assert.That(() => isp.Process<float>(raw, 20, 20, new float[1200], threads: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        raw[15 * 20 + 3] = float.NaN;
        Assert.That(() => isp.Process<float>(raw, 20, 20, new float[1200], threads: 3), Throws.ArgumentException.With.Message.Contains("row 15, column 3"));
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
            .Where(c => new StaticIsp(CameraParameters.RawDrone, c).Plan is not null);

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
        double scale = Math.Max(1, LinearMaximum(isp, exact, height, width));
        var doubtful = Doubtful(isp, exact, height, width);

        foreach (var simd in Widths)
        {
            var actual = new float[expected.Length];
            FusedStaticIsp.Process(isp.Plan!, raw, height, width, actual, simd);
            for (int i = 0; i < expected.Length; i++)
            {
                double linear = Math.Pow(expected[i], isp.Gamma);
                double tolerance = Math.Max(2e-6 * scale, SlopeTolerance(linear, (linear >= 1e-3 ? 3e-7 : 1e-6) * scale, isp.Gamma));
                if (!(Math.Abs(actual[i] - expected[i]) <= tolerance) && !doubtful[i % raw.Length])
                    Assert.Fail($"{isp} {height}×{width} {simd}, value {i}: {actual[i]:R}, expected {expected[i]:R}, tolerance {tolerance:E2}");
            }
        }
    }

    /// <summary>The largest magnitude before the clip; sharpening reaches several times the range of the image.</summary>
    private static double LinearMaximum(StaticIsp isp, double[] raw, int height, int width)
    {
        var mosaic = new double[raw.Length];
        PlainStaticIsp.SubtractBlackLevel<double>(raw, height, width, isp.Camera.BlackLevel, mosaic);
        var rgb = new double[3 * raw.Length];
        Demosaic.Apply<double>(isp.Configuration.Demosaicing, mosaic, height, width, isp.Camera.Cfa, rgb);
        PlainStaticIsp.CorrectColor<double>(rgb, isp.Camera.WhiteBalance, isp.Camera.ColorMatrix);
        if (isp.Configuration.Sharpening == SharpeningMethod.Filter)
            PlainStaticIsp.Sharpen<double>(rgb, height, width);
        else
            PlainStaticIsp.UnsharpMask<double>(rgb, height, width, isp.Configuration.Sharpening == SharpeningMethod.VerticalUnsharpMask);
        return rgb.Max(Math.Abs);
    }

    private static double SlopeTolerance(double linear, double error, double gamma) =>
        Math.Pow(linear + error, 1 / gamma) - Math.Pow(Math.Max(0, linear - error), 1 / gamma);

    /// <summary>Pixels that depend on a near-tie of Menon's decision: either direction is right there.</summary>
    private static bool[] Doubtful(StaticIsp isp, double[] raw, int height, int width)
    {
        var doubtful = new bool[raw.Length];
        if (isp.Configuration.Demosaicing != DemosaicMethod.Menon2007)
            return doubtful;
        var mosaic = new double[raw.Length];
        PlainStaticIsp.SubtractBlackLevel<double>(raw, height, width, isp.Camera.BlackLevel, mosaic);
        var margin = Demosaic.MenonDecisionMargin<double>(mosaic, height, width, isp.Camera.Cfa);
        const double tie = 1e-6;
        const int reach = 9; // refining (2), the unsharp mask (4) and denoising (2) spread a decision this far
        for (int i = 0; i < margin.Length; i++)
        {
            if (Math.Abs(margin[i]) >= tie || isp.Camera.Cfa.ChannelAt(i / width, i % width) == 1)
                continue;
            for (int y = Math.Max(0, i / width - reach); y <= Math.Min(height - 1, i / width + reach); y++)
                for (int x = Math.Max(0, i % width - reach); x <= Math.Min(width - 1, i % width + reach); x++)
                    doubtful[y * width + x] = true;
        }
        return doubtful;
    }
}
