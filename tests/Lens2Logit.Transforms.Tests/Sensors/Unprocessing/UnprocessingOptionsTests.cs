using System.Text.Json;
using Lens2Logit.Sensors.Unprocessing;

namespace Lens2Logit.Tests.Sensors.Unprocessing;

public class UnprocessingOptionsTests
{
    private static readonly UnprocessingParameters[] Cameras = [.. Enumerable.Range(0, 4000).Select(key => new UnprocessingOptions().Sample(5, (ulong)key))];

    [Test]
    public void Gains_follow_the_papers_distributions()
    {
        double[] brightness = [.. Cameras.Select(camera => 1 / camera.Brightening)];
        var mean = brightness.Average();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Cameras.Select(camera => camera.RedGain), Is.All.InRange(1.9, 2.4));
            Assert.That(Cameras.Average(camera => camera.RedGain), Is.EqualTo(2.15).Within(0.01));
            Assert.That(Cameras.Select(camera => camera.BlueGain), Is.All.InRange(1.5, 1.9));
            Assert.That(Cameras.Average(camera => camera.BlueGain), Is.EqualTo(1.7).Within(0.01));
            Assert.That(mean, Is.EqualTo(0.8).Within(0.008));
            Assert.That(Math.Sqrt(brightness.Average(value => (value - mean) * (value - mean))), Is.EqualTo(0.1).Within(0.005));
        }
    }

    [Test]
    public void Matrices_keep_grey_grey_and_lie_between_the_cameras()
    {
        var each = Enumerable.Range(0, 4).Select(i => new UnprocessingOptions { XyzToCamera = [new UnprocessingOptions().XyzToCamera[i]] }.Sample(0, 0).SrgbToCamera).ToArray();
        using (Assert.EnterMultipleScope())
        {
            foreach (var matrix in Cameras.Take(100).Select(camera => camera.SrgbToCamera))
            {
                Assert.That(matrix.Chunk(3).Select(row => row.Sum()), Is.All.EqualTo(1).Within(1e-12));
                for (int entry = 0; entry < 9; entry++)
                    Assert.That(matrix[entry], Is.InRange(each.Min(m => m[entry]), each.Max(m => m[entry])));
            }
        }
    }

    [Test]
    public void The_same_seed_and_key_give_the_same_camera_and_others_another()
    {
        var options = new UnprocessingOptions();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Sample(5, 17).SrgbToCamera, Is.EqualTo(Cameras[17].SrgbToCamera));
            Assert.That(options.Sample(5, 17).RedGain, Is.EqualTo(Cameras[17].RedGain));
            Assert.That(options.Sample(6, 17).RedGain, Is.Not.EqualTo(Cameras[17].RedGain));
            Assert.That(options.Sample(5, 17 + (1UL << 40)).RedGain, Is.Not.EqualTo(Cameras[17].RedGain));
        }
    }

    [Test]
    public void A_neutral_camera_changes_brightness_alone()
    {
        var camera = UnprocessingOptions.Neutral.Sample(1, 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((camera.RedGain, camera.BlueGain), Is.EqualTo((1.0, 1.0)));
            Assert.That(camera.SrgbToCamera, Is.EqualTo(new double[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 }));
            Assert.That(camera.Brightening, Is.Not.EqualTo(1));
        }
    }

    [Test]
    public void The_darkest_and_the_brightest_camera_that_options_allow_are_valid()
    {
        foreach (var options in new[] { new UnprocessingOptions { BrightnessMean = 0.5, BrightnessStandardDeviation = 0.1 }, new() { BrightnessMean = 5, BrightnessStandardDeviation = 1 } })
        {
            foreach (var deviations in new[] { -4, 4 })
                Assert.That((UnprocessingParameters.Identity with { Brightening = 1 / (options.BrightnessMean + (deviations * options.BrightnessStandardDeviation)) }).Validate, Throws.Nothing);
            Assert.That(() => options.Sample(0, 0), Throws.Nothing);
        }
    }

    [Test]
    public void Options_out_of_range_are_named_with_value_and_range()
    {
        var options = new UnprocessingOptions();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((options with { MaxRedGain = 1 }).Validate, Throws.InstanceOf<ArgumentException>().With.Message.Contains("MaxRedGain is 1; the allowed range is 1.9 to 10"));
            Assert.That((options with { BrightnessStandardDeviation = 0.5 }).Validate, Throws.InstanceOf<ArgumentException>().With.Message.Contains("BrightnessStandardDeviation is 0.5"));
            Assert.That((options with { XyzToCamera = [[1, 0]] }).Validate, Throws.InstanceOf<ArgumentException>().With.Message.Contains("XyzToCamera[0] has 2 values"));
        }
    }

    [Test]
    public void Options_survive_json()
    {
        var options = UnprocessingOptions.Neutral with { BrightnessMean = 0.7, XyzToCamera = [[1, 0, 0, 0, 1, 0, 0, 0, 2]] };
        var back = JsonSerializer.Deserialize<UnprocessingOptions>(JsonSerializer.Serialize(options))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(back.XyzToCamera, Is.EqualTo(options.XyzToCamera));
            Assert.That(back.Sample(1, 1).Brightening, Is.EqualTo(options.Sample(1, 1).Brightening));
        }
    }
}
