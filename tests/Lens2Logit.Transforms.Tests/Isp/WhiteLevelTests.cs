using Lens2Logit.Demosaicing;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Isp;

/// <summary>A camera with a white level: subtract black → scale by white − black → clip → demosaic (DNG specification, chapter 5).</summary>
public class WhiteLevelTests
{
    private const int Height = 12, Width = 18;
    private const double White = 0.8;

    private static readonly double[] Black = [0.05, 0.06, 0.06, 0.07];

    [Test]
    public void Values_are_scaled_and_clipped_before_they_are_demosaiced([BayerPatterns] CfaPattern pattern, [Values("bi,s,ga", "me,u,me", "ma,s,fft")] string configuration)
    {
        var camera = Camera(pattern, [1, 1, 1]);
        var raw = Raw();
        var linear = new double[raw.Length];
        for (int i = 0; i < raw.Length; i++)
            linear[i] = Math.Clamp((raw[i] - Black[Position(i)]) / (White - 0.07), 0, 1);
        var expected = Develop(Camera(pattern, [1, 1, 1]) with { WhiteLevel = null, BlackLevel = [0, 0, 0, 0] }, linear, configuration);
        Assert.That(Develop(camera, raw, configuration), Is.EqualTo(expected).Within(1e-12));
        var single = new float[expected.Length];
        new StaticIsp(camera, IspConfiguration.Parse(configuration)).Process<float>(Array.ConvertAll(raw, v => (float)v), Height, Width, single, threads: 2);
        // Gamma enlarges what single precision loses near black.
        Assert.That(Linear(single), Is.EqualTo(Linear(Array.ConvertAll(expected, v => (float)v))).Within(3e-6f));
    }

    [Test]
    public void What_is_overexposed_becomes_white_whatever_the_white_balance([BayerPatterns] CfaPattern pattern)
    {
        var view = Develop(Camera(pattern, [2.4, 1, 1.7]), [.. Enumerable.Repeat(0.95, Height * Width)], "ma,s,ga");
        // At the border demosaicing sees repeated pixels, which have another colour.
        Assert.That(view.Where((_, i) => i / Width % Height is > 4 and < Height - 5 && i % Width is > 4 and < Width - 5), Is.All.EqualTo(1).Within(1e-6));
        Assert.That(Develop(Camera(pattern, [2.4, 1, 1.7]), [.. Enumerable.Repeat(0.01, Height * Width)], "ma,s,ga"), Is.All.EqualTo(0), "black");
    }

    [Test]
    public void Without_white_level_nothing_is_scaled_or_clipped_and_old_files_load()
    {
        Assert.That(CameraParameters.RawDrone.WhiteLevel, Is.Null);
        var json = new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }.ToJson();
        Assert.That(json, Does.Not.Contain("\"WhiteLevel\""), "what older versions wrote and read");
        Assert.That(ParametrizedIspOptions.FromJson(json).Camera, Is.EqualTo(CameraParameters.RawDrone));
        var camera = Camera(CfaPattern.Grbg, [2, 1, 1.5]);
        Assert.That(ParametrizedIspOptions.FromJson(new ParametrizedIspOptions { Camera = camera }.ToJson()).Camera, Is.EqualTo(camera));
        Assert.That(camera, Is.Not.EqualTo(camera with { WhiteLevel = 0.9 }));
    }

    [Test]
    public void The_parametrised_isp_starts_as_the_static_one([BayerPatterns] CfaPattern pattern)
    {
        var camera = Camera(pattern, [2.4, 1, 1.7]);
        var raw = Raw();
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(new() { Camera = camera }, ScalarType.Float64);
        var view = isp.forward(tensor(raw).view(1, Height, Width)).detach().data<double>().ToArray();
        Assert.That(view, Is.EqualTo(Develop(camera, raw, "bi,s,ga")).Within(1e-6));
    }

    [Test]
    public void Gradients_pass_to_raw_where_nothing_is_clipped()
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(new() { Camera = Camera(CfaPattern.Rggb, [1, 1, 1]) }, ScalarType.Float64);
        var raw = full([1, Height, Width], 0.4, ScalarType.Float64);
        raw[0, 3, 4] = 0.9;
        raw[0, 7, 8] = 0.01;
        raw.requires_grad = true;
        isp.forward(raw).sum().backward();
        var gradient = raw.grad!;
        Assert.That(gradient[0, 3, 4].item<double>(), Is.Zero, "above white");
        Assert.That(gradient[0, 7, 8].item<double>(), Is.Zero, "below black");
        Assert.That(gradient[0, 5, 12].item<double>(), Is.Not.Zero);
        Assert.That(isp.BlackLevel.grad!.abs().min().item<double>(), Is.GreaterThan(0));
    }

    [Test]
    public void Developing_allocates_nothing_and_leaves_the_raw_image_alone()
    {
        var isp = new StaticIsp(Camera(CfaPattern.Rggb, [2, 1, 1.5]), IspConfiguration.Parse("ma,s,ga"));
        var raw = Array.ConvertAll(Raw(), v => (float)v);
        var copy = (float[])raw.Clone();
        var rgb = new float[3 * raw.Length];
        Assert.That(Allocations.OfTwentyCalls(_ => isp.Process<float>(raw, Height, Width, rgb)), Is.Zero);
        Assert.That(raw, Is.EqualTo(copy));
    }

    [Test]
    public void An_infinite_value_is_not_hidden_by_the_clip()
    {
        var raw = Raw();
        raw[2 * Width + 5] = double.PositiveInfinity;
        Assert.That(() => Develop(Camera(CfaPattern.Rggb, [1, 1, 1]), raw, "bi,s,ga"), Throws.ArgumentException.With.Message.Contains("row 2, column 5"));
    }

    [TestCase(0.07)]
    [TestCase(0.0)]
    [TestCase(double.NaN)]
    public void A_white_level_that_is_not_above_black_is_refused(double white) =>
        Assert.That(() => (Camera(CfaPattern.Rggb, [1, 1, 1]) with { WhiteLevel = white }).Validate(), Throws.ArgumentException.With.Message.Contains("WhiteLevel").And.Message.Contains("0.07"));

    private static CameraParameters Camera(CfaPattern pattern, double[] whiteBalance) => new()
    {
        Name = "Test",
        BlackLevel = Black,
        WhiteLevel = White,
        WhiteBalance = whiteBalance,
        ColorMatrix = [1.6, -0.5, -0.1, -0.2, 1.5, -0.3, 0, -0.6, 1.6],
        Cfa = pattern,
    };

    private static double[] Raw()
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, Height * Width).Select(_ => random.NextDouble())];
    }

    private static int Position(int i) => (i / Width & 1) * 2 + (i % Width & 1);

    private static double[] Develop(CameraParameters camera, double[] raw, string configuration)
    {
        var rgb = new double[3 * raw.Length];
        new StaticIsp(camera, IspConfiguration.Parse(configuration)).Process<double>(raw, Height, Width, rgb);
        return rgb;
    }

    private static float[] Linear(float[] view) => Array.ConvertAll(view, v => MathF.Pow(v, 2.2f));
}
