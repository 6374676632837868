using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Isp;

public class StaticIspTests
{
    [Test]
    public void There_are_12_configurations_whose_names_can_be_read_back()
    {
        Assert.That(IspConfiguration.All, Has.Count.EqualTo(12).And.Unique);
        foreach (var configuration in IspConfiguration.All)
            Assert.That(IspConfiguration.Parse(configuration.ToString()), Is.EqualTo(configuration));
        Assert.That(IspConfiguration.Parse(" MA, uv ,fft").ToString(), Is.EqualTo("ma,uv,fft"));
    }

    [TestCase("ma,s")]
    [TestCase("ma,s,xx")]
    [TestCase("")]
    public void An_unknown_configuration_lists_the_valid_names(string name) =>
        Assert.That(() => IspConfiguration.Parse(name), Throws.ArgumentException.With.Message.Contains("bi, ma, me").And.Message.Contains("me, ga, fft").And.Message.Contains("ma,s,ga"));

    [Test]
    public void The_callers_raw_image_is_not_changed()
    {
        var raw = Ramp(36);
        var copy = (float[])raw.Clone();
        new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse("bi,s,ga")).Process<float>(raw, 6, 6, new float[108]);
        Assert.That(raw, Is.EqualTo(copy));
    }

    [Test]
    public void Odd_and_smallest_sizes_develop_within_range([ValueSource(nameof(Configurations))] IspConfiguration configuration, [BayerPatterns] CfaPattern pattern)
    {
        foreach (var (height, width) in new[] { (4, 4), (5, 4), (4, 7), (9, 11) })
        {
            var rgb = new float[3 * height * width];
            new StaticIsp(CameraParameters.RawDrone with { Cfa = pattern }, configuration).Process<float>(Ramp(height * width), height, width, rgb);
            Assert.That(rgb, Has.All.InRange(0f, 1f), $"{height}×{width}");
        }
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void A_pixel_that_is_not_finite_is_named(float value)
    {
        var raw = Ramp(48);
        raw[2 * 8 + 5] = value;
        Assert.That(() => new StaticIsp(CameraParameters.Identity, IspConfiguration.Parse("bi,s,ga")).Process<float>(raw, 6, 8, new float[144]),
            Throws.ArgumentException.With.Message.Contains("row 2, column 5"));
    }

    [Test]
    public void Huge_but_finite_pixels_are_accepted()
    {
        var raw = Enumerable.Repeat(float.MaxValue / 4, 16).ToArray();
        Assert.That(() => new StaticIsp(CameraParameters.Identity, IspConfiguration.Parse("ma,s,ga")).Process<float>(raw, 4, 4, new float[48]), Throws.Nothing);
    }

    [Test]
    public void An_image_whose_view_no_array_can_hold_is_refused() =>
        // 65536² pixels are 0 in 32 bits, which would fit these spans.
        Assert.That(() => new StaticIsp(CameraParameters.Identity, IspConfiguration.Parse("bi,s,ga")).Process<float>([], 1 << 16, 1 << 16, []),
            Throws.ArgumentException.With.Message.Contains("65536×65536").And.Message.Contains("tiles"));

    [Test]
    public void Camera_parameters_are_checked_and_compared_by_value()
    {
        Assert.That(() => new StaticIsp(new() { BlackLevel = [0, 0] }, default), Throws.ArgumentException.With.Message.Contains("BlackLevel").And.Message.Contains("expected 4"));
        Assert.That(() => new StaticIsp(new() { WhiteBalance = [1, double.NaN, 1] }, default), Throws.ArgumentException.With.Message.Contains("WhiteBalance[1]"));
        Assert.That(() => new StaticIsp(CameraParameters.Identity, default, gamma: 0), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Gamma"));
        Assert.That(CameraParameters.RawDrone with { BlackLevel = [.. CameraParameters.RawDrone.BlackLevel] }, Is.EqualTo(CameraParameters.RawDrone));
        Assert.That(() => new CameraParameters { BlackLevel = [] }.GetHashCode(), Throws.Nothing, "before anything is checked");
    }

    private static IEnumerable<IspConfiguration> Configurations() => IspConfiguration.All.Append(IspConfiguration.Parse("bi,uv,fft"));

    private static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 37 % count) / (float)count)];
}
