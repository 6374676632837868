using Lens2Logit.Isp;
using Lens2Logit.Isp.Fused;
using Lens2Logit.Simd;

namespace Lens2Logit.Tests.Isp;

/// <summary>Other pixels than float32, several images at once, and views written past the caches: all have the values of the plain call.</summary>
public class StaticIspFormatsTests
{
    private static readonly SimdWidth[] Widths = Enum.GetValues<SimdWidth>();

    private static IEnumerable<IspConfiguration> Configurations() =>
        new[] { "bi,s,me", "ma,u,ga", "me,s,ga", "bi,uv,fft" }.Select(IspConfiguration.Parse);

    [Test]
    public void Sixteen_bits_in_equal_their_quotients_and_eight_bits_out_are_the_rounded_view(
        [ValueSource(nameof(Configurations))] IspConfiguration configuration, [Values(10, 16)] int bitDepth, [Values(4, 16, 37)] int width)
    {
        const int height = 11;
        var isp = new StaticIsp(CameraParameters.RawDrone, configuration);
        float white = (1 << bitDepth) - 1;
        var numbers = Numbers(height * width, bitDepth);
        var quotients = Array.ConvertAll(numbers, n => n / white);
        foreach (var simd in Widths)
        {
            float[] expected = new float[3 * numbers.Length], actual = new float[expected.Length];
            var bytes = new byte[expected.Length];
            FusedStaticIsp.Process(isp.Plan!, quotients, height, width, expected, simd);
            FusedStaticIsp.Process(isp.Plan!, numbers, white, height, width, actual, simd, threads: 2, bands: 2);
            FusedStaticIsp.Process(isp.Plan!, numbers, white, height, width, bytes, simd, threads: 3, bands: 3);
            Assert.That(actual, Is.EqualTo(expected), $"{simd}");
            Assert.That(bytes, Is.EqualTo(Array.ConvertAll(expected, v => (byte)(255 * v + 0.5f))), $"{simd}");
        }
    }

    [TestCase(0.05, null)]
    [TestCase(2.2, 0.9)]
    public void A_gamma_beyond_the_kernels_and_a_white_level_take_the_same_numbers(double gamma, double? white)
    {
        var isp = new StaticIsp(CameraParameters.RawDrone with { WhiteLevel = white }, IspConfiguration.Parse("ma,s,ga"), gamma);
        var numbers = Numbers(64, 16);
        float[] expected = new float[192], actual = new float[192];
        var bytes = new byte[192];
        isp.Process<float>(Array.ConvertAll(numbers, n => n / 65535f), 8, 8, expected);
        isp.Process(numbers, 16, 8, 8, actual);
        isp.Process(numbers, 16, 8, 8, bytes);
        Assert.That(actual, Is.EqualTo(expected));
        Assert.That(bytes, Is.EqualTo(Array.ConvertAll(expected, v => (byte)(255 * v + 0.5f))));
        isp.ProcessBatch(Array.ConvertAll(numbers, n => n / 65535f), 8, 8, actual, threads: 2);
        Assert.That(actual, Is.EqualTo(expected));
    }

    [Test]
    public void A_view_written_past_the_caches_is_the_same_wherever_it_lies(
        [ValueSource(nameof(Configurations))] IspConfiguration configuration, [Values(4, 31, 64)] int width, [Values(0, 1, 5)] int offset)
    {
        const int height = 7;
        var plan = new StaticIsp(CameraParameters.RawDrone, configuration).Plan!;
        var raw = Array.ConvertAll(Numbers(height * width, 16), n => n / 65535f);
        foreach (var simd in Widths)
        {
            var expected = new float[3 * raw.Length];
            var guarded = Enumerable.Repeat(-7f, expected.Length + 20).ToArray();
            FusedStaticIsp.Process(plan, raw, height, width, expected, simd);
            FusedStaticIsp.Process(plan, raw, height, width, guarded.AsSpan(offset, expected.Length), simd, storage: ViewStorage.SingleStreaming);
            Assert.That(guarded[offset..(offset + expected.Length)], Is.EqualTo(expected));
            Assert.That(guarded[..offset].Concat(guarded[(offset + expected.Length)..]), Is.All.EqualTo(-7f));
        }
    }

    [Test]
    public void A_batch_is_its_images_for_any_number_of_threads([Values(1, 3)] int threads)
    {
        // Enough pixels for three workers.
        const int images = 5, height = 209, width = 201, pixels = height * width;
        var isp = new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse("me,u,me"));
        var raw = Array.ConvertAll(Numbers(images * pixels, 12), n => n / 4095f);
        var batch = new float[3 * raw.Length];
        isp.ProcessBatch(raw, height, width, batch, threads);
        var single = new float[3 * pixels];
        for (int i = 0; i < images; i++)
        {
            isp.Process<float>(raw.AsSpan(i * pixels, pixels), height, width, single);
            Assert.That(batch[(3 * i * pixels)..(3 * (i + 1) * pixels)], Is.EqualTo(single), $"image {i}");
        }
    }

    [Test]
    public void Bad_calls_say_what_is_wrong()
    {
        var isp = new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse("ma,s,ga"));
        Assert.That(() => isp.Process(new ushort[64], 17, 8, 8, new byte[192]), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("bitDepth"));
        Assert.That(() => isp.Process(new ushort[63], 16, 8, 8, new byte[192]), Throws.ArgumentException.With.Message.Contains("raw").And.Message.Contains("63"));
        Assert.That(() => isp.Process(new ushort[64], 16, 8, 8, new float[191]), Throws.ArgumentException.With.Message.Contains("rgb"));
        Assert.That(() => isp.ProcessBatch(new float[100], 8, 8, new float[300], 1), Throws.ArgumentException.With.Message.Contains("100"));
        var raw = new float[128];
        raw[64 + 19] = float.NaN;
        Assert.That(() => isp.ProcessBatch(raw, 8, 8, new float[384], 2), Throws.ArgumentException.With.Message.Contains("image 1").And.Message.Contains("row 2, column 3"));
    }

    private static ushort[] Numbers(int count, int bitDepth)
    {
        var random = new Random(count);
        var numbers = new ushort[count];
        for (int i = 0; i < count; i++)
            numbers[i] = (ushort)random.Next(1 << bitDepth);
        return numbers;
    }
}
