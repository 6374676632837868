using Lens2Logit.Corruptions;

namespace Lens2Logit.Tests.Corruptions;

public class CorruptionTests
{
    private static readonly string[] RandomNames = ["elastic_transform", "gaussian_noise", "impulse_noise", "shot_noise", "speckle_noise"];

    private static IEnumerable<string> AllNames() => Corruption.Names;

    [Test]
    public void There_are_the_ten_corruptions_of_the_paper() => Assert.That(Corruption.Names, Is.EqualTo(new[]
    {
        "brightness", "contrast", "elastic_transform", "gaussian_blur", "gaussian_noise", "impulse_noise", "saturate", "shot_noise", "speckle_noise", "zoom_blur",
    }));

    [TestCaseSource(nameof(AllNames))]
    public void Every_severity_of_both_presets_stays_in_range_at_any_size(string name)
    {
        foreach (var preset in Enum.GetValues<CorruptionPreset>())
            for (int severity = 1; severity <= 5; severity++)
                foreach (var (height, width) in new[] { (1, 1), (2, 7), (31, 20) })
                {
                    var result = Apply(name, Picture(height, width), height, width, severity, preset);
                    Assert.That(result, Is.All.InRange(0f, 1f), $"{preset} {severity} at {height}×{width}");
                }
    }

    [Test]
    public void ImageNetC_is_stronger_than_gentle(
        [Values("brightness", "contrast", "gaussian_blur", "gaussian_noise", "impulse_noise", "shot_noise", "speckle_noise")] string name)
    {
        var image = Picture(96, 96);
        for (int severity = 1; severity <= 5; severity++)
            Assert.That(Change(CorruptionPreset.ImageNetC, severity), Is.GreaterThan(Change(CorruptionPreset.Gentle, severity)), $"severity {severity}");

        double Change(CorruptionPreset preset, int severity) =>
            Apply(name, image, 96, 96, severity, preset).Zip(image, (a, b) => (double)(a - b) * (a - b)).Sum();
    }

    [TestCaseSource(nameof(RandomNames))]
    public void Noise_depends_on_seed_and_row_key_alone(string name)
    {
        var image = Picture(24, 24);
        var expected = Apply(name, image, 24, 24, rowKey: 5, seed: 2);
        var parallel = new float[8][];
        Parallel.For(0, 8, i => parallel[i] = Apply(name, image, 24, 24, rowKey: (ulong)i, seed: 2));
        Assert.Multiple(() =>
        {
            Assert.That(parallel[5], Is.EqualTo(expected));
            Assert.That(parallel[4], Is.Not.EqualTo(expected));
            Assert.That(Apply(name, image, 24, 24, rowKey: 5, seed: 3), Is.Not.EqualTo(expected));
        });
    }

    [Test]
    public void Corruptions_without_noise_do_not_depend_on_seed_or_row_key([Values("brightness", "contrast", "gaussian_blur", "saturate", "zoom_blur")] string name)
    {
        var image = Picture(24, 24);
        Assert.That(Apply(name, image, 24, 24, rowKey: 5, seed: 2), Is.EqualTo(Apply(name, image, 24, 24)));
    }

    [Test]
    public void Values_of_one_noisy_image_are_uncorrelated([Values("gaussian_noise", "speckle_noise", "shot_noise")] string name)
    {
        const int Size = 128;
        var image = new float[3 * Size * Size];
        Array.Fill(image, 0.5f);
        var noise = Array.ConvertAll(Apply(name, image, Size, Size, severity: 1), v => v - 0.5);
        double variance = noise.Sum(v => v * v);
        foreach (int lag in new[] { 1, Size, Size * Size })
            Assert.That(noise.Skip(lag).Zip(noise, (a, b) => a * b).Sum() / variance, Is.Zero.Within(4 / Math.Sqrt(image.Length)), $"lag {lag}");
    }

    [Test]
    public void Impulses_are_black_and_white_in_equal_number()
    {
        const int Size = 200;
        var image = new float[3 * Size * Size];
        Array.Fill(image, 0.5f);
        var result = Apply("impulse_noise", image, Size, Size, severity: 5);
        int black = result.Count(v => v == 0), white = result.Count(v => v == 1);
        Assert.That((double)(black + white) / image.Length, Is.EqualTo(0.07).Within(4 * Math.Sqrt(0.07 * 0.93 / image.Length)));
        Assert.That(Math.Abs(black - white), Is.LessThan(4 * Math.Sqrt(black + white)));
    }

    [Test]
    public void Elastic_transform_moves_the_middle_by_the_jitter()
    {
        // In a ramp, the value says where a pixel came from. The middle lies on the line between two of the affine map's points,
        // whose mean jitter has variance c²/3/2 per axis.
        const int Size = 64, Draws = 400;
        var ramp = new float[3 * Size * Size];
        for (int i = 0; i < ramp.Length; i++)
            ramp[i] = i % Size / (float)Size;
        double sum = 0, squares = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            double moved = Apply("elastic_transform", ramp, Size, Size, severity: 1, rowKey: (ulong)draw)[Size / 2 * Size + Size / 2] * Size - Size / 2;
            sum += moved;
            squares += moved * moved;
        }
        double variance = 2.56 * 2.56 / 3 / 2;
        Assert.That(sum / Draws, Is.Zero.Within(4 * Math.Sqrt(variance / Draws)));
        Assert.That(squares / Draws, Is.EqualTo(variance).Within(0.25 * variance));
    }

    [Test]
    public void Elastic_transform_leaves_a_flat_image_alone([Range(1, 5)] int severity)
    {
        var flat = new float[3 * 20 * 30];
        Array.Fill(flat, 0.25f);
        Assert.That(Apply("elastic_transform", flat, 20, 30, severity), Is.All.EqualTo(0.25f).Within(1e-6));
    }

    [Test]
    public void Mistakes_are_clear_errors()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Corruption.Create("fog"), Throws.ArgumentException.With.Message.Contains("'fog'").And.Message.Contains("brightness, contrast, elastic_transform"));
            Assert.That(() => Corruption.Create("contrast", 0), Throws.InstanceOf<ArgumentException>().With.Message.Contains("1 to 5"));
            Assert.That(() => Corruption.Create("contrast", 6), Throws.InstanceOf<ArgumentException>().With.Message.Contains("1 to 5"));
            Assert.That(() => Apply("contrast", new float[11], 2, 2), Throws.ArgumentException.With.Message.Contains("11 values").And.Message.Contains("[3, 2, 2]"));
            Assert.That(() => Apply("contrast", [0, 0, 0, 0, 0, 1.5f, 0, 0, 0, 0, 0, 0], 2, 2), Throws.ArgumentException.With.Message.Contains("1.5 at channel 1, row 0, column 1"));
            Assert.That(() => Apply("contrast", [0, 0, float.NaN], 1, 1), Throws.ArgumentException.With.Message.Contains("NaN at channel 2"));
        });
        var shared = new float[12];
        Assert.That(() => Corruption.Create("contrast").Apply(shared, 2, 2, shared), Throws.ArgumentException.With.Message.Contains("overlap"));
        Assert.That(Corruption.Create("shot_noise").ToString(), Is.EqualTo("shot_noise 3 (Gentle)"));
    }

    private static float[] Apply(string name, float[] image, int height, int width, int severity = 3, CorruptionPreset preset = CorruptionPreset.Gentle, ulong rowKey = 0, int seed = 0)
    {
        var result = new float[image.Length];
        Corruption.Create(name, severity, preset).Apply(image, height, width, result, rowKey, seed);
        return result;
    }

    /// <summary>Smooth structure with colour, so that every corruption changes it.</summary>
    private static float[] Picture(int height, int width)
    {
        var image = new float[3 * height * width];
        for (int i = 0; i < image.Length; i++)
        {
            int channel = i / (height * width), y = i % (height * width) / width, x = i % width;
            image[i] = (float)(0.4 + 0.2 * Math.Sin(0.9 * x + channel) + 0.15 * Math.Cos(0.7 * y - 2 * channel));
        }
        return image;
    }
}
