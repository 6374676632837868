using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

public class SceneCheckTests
{
    private static readonly MeasurementSampler Sampler = new(SensorPresets.RawDrone, new Exposure());

    [Test]
    public void A_value_that_is_no_light_is_named_with_its_place(
        [Values(float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1e-30f)] float value, [Values(0, 17, 34, 66, 104)] int index)
    {
        var scene = new float[3 * 5 * 7];
        scene[index] = value;
        var raw = new float[5 * 7];
        Array.Fill(raw, -1);
        var place = FormattableString.Invariant($"{value} at channel {index / 35}, row {index % 35 / 7}, column {index % 7};");
        Assert.That(() => Sampler.Measure(scene, 5, 7, 0, raw),
            Throws.ArgumentException.With.Message.Contains(place).And.Property("ParamName").EqualTo("scene"));
        Assert.That(raw, Is.All.EqualTo(-1), "the output stays as it was");
    }

    [Test]
    public void Negative_zero_is_zero() =>
        Assert.That(() => Sampler.Measure(Enumerable.Repeat(-0f, 48).ToArray(), 4, 4, 0, new float[16]), Throws.Nothing);

    [TestCase(35, 12)]
    [TestCase(37, 12)]
    [TestCase(36, 11)]
    [TestCase(36, 13)]
    [TestCase(0, 0)]
    public void A_length_that_does_not_fit_is_named_with_the_expected_one(int sceneLength, int rawLength)
    {
        var (found, expected) = sceneLength == 36 ? (rawLength, 12) : (sceneLength, 36);
        Assert.That(() => Sampler.Measure(new float[sceneLength], 3, 4, 0, new float[rawLength]),
            Throws.ArgumentException.With.Message.Contains($"has {found} values; expected {expected}"));
    }

    [Test]
    public void A_monochrome_sensor_says_that_it_takes_one_channel_too_and_a_colour_sensor_does_not()
    {
        var monochrome = new MeasurementSampler(SensorPresets.Imx255, new Exposure());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => monochrome.Measure(new float[24], 3, 4, 0, new float[12]),
                Throws.ArgumentException.With.Message.Contains("has 24 values; expected 36 for [3, 3, 4] or 12 for [1, 3, 4]"));
            Assert.That(() => Sampler.Measure(new float[12], 3, 4, 0, new float[12]), Throws.ArgumentException.With.Message.Contains("expected 36"));
            Assert.That(() => monochrome.Measure([1, 1, float.NaN, 1], 2, 2, 0, new float[4]),
                Throws.ArgumentException.With.Message.Contains("NaN at channel 0, row 1, column 0"));
        }
    }

    [TestCase(0, 4)]
    [TestCase(4, 0)]
    [TestCase(-1, -1)]
    public void A_size_below_one_is_refused(int height, int width) =>
        Assert.That(() => Sampler.Measure([], height, width, 0, []), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_size_beyond_any_array_is_refused() =>
        Assert.That(() => Sampler.Measure([], 65536, 65536, 0, []), Throws.ArgumentException.With.Message.Contains("expected 12884901888"));
}
