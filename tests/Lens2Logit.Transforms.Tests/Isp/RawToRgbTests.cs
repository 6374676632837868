using System.Text.Json;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Isp;

public class RawToRgbTests
{
    private static IEnumerable<string> Cases() => Golden.Names("c_");

    [TestCaseSource(nameof(Cases))]
    public void Output_equals_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var test = Golden.Case(name);
        var parameters = test.GetProperty("parameters");
        var options = new RawToRgbOptions
        {
            HalfSize = parameters.GetProperty("reduce_size").GetBoolean(),
            Channels = parameters.GetProperty("out_channels").GetInt32(),
        };
        if (parameters.TryGetProperty("black_level", out var black))
            options = options with { BlackLevel = Golden.Doubles(black) };
        if (parameters.TryGetProperty("normalize_mosaic", out var normalize) && normalize.ValueKind == JsonValueKind.Object)
            options = options with { Mean = Golden.Doubles(normalize.GetProperty("mean")), StandardDeviation = Golden.Doubles(normalize.GetProperty("std")) };
        var raw = Golden.Input(test);
        using var stage = new RawToRgb(options);

        var actual = stage.forward(tensor(raw.ToSingle()).view(Array.ConvertAll(raw.Shape, d => (long)d)));

        var expected = Golden.Output(test);
        Assert.That(actual.shape, Is.EqualTo(Array.ConvertAll(expected.Shape, d => (long)d)));
        Assert.That(stage.OutputShape(raw.Shape.AsSpan(1)), Is.EqualTo(expected.Shape[1..]));
        Assert.That(Golden.MaximumDifference(Array.ConvertAll(actual.contiguous().data<float>().ToArray(), v => (double)v), expected.Values),
            Is.LessThanOrEqualTo(test.GetProperty("atol").GetDouble()));
    }

    [Test]
    public void Every_pattern_puts_the_right_site_in_the_right_channel([BayerPatterns] CfaPattern pattern)
    {
        using var scope = NewDisposeScope();
        // A mosaic whose red sites hold 1, green 2, blue 3.
        var raw = new float[64];
        for (int i = 0; i < raw.Length; i++)
            raw[i] = pattern.ChannelAt(i / 8, i % 8) + 1;
        using var stage = new RawToRgb(new() { Cfa = pattern });
        var means = stage.forward(tensor(raw).view(1, 8, 8)).mean([0, 2, 3]).data<float>().ToArray();
        Assert.That(means, Is.EqualTo(new[] { 1f, 2f, 3f }));
    }

    [Test]
    public void Half_size_of_an_odd_image_is_a_clear_error()
    {
        using var scope = NewDisposeScope();
        using var stage = new RawToRgb();
        Assert.That(() => stage.forward(zeros(1, 7, 8)), Throws.ArgumentException.With.Message.Contains("7×8").And.Message.Contains("even"));
    }

    [Test]
    public void Options_out_of_range_are_named()
    {
        Assert.That(() => new RawToRgb(new() { Channels = 5 }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Channels"));
        Assert.That(() => new RawToRgb(new() { Mean = [1] }), Throws.ArgumentException.With.Message.Contains("Mean must have 3 finite values"));
        Assert.That(() => new RawToRgb(new() { StandardDeviation = [1, 0, 1.5] }), Throws.ArgumentException.With.Message.Contains("StandardDeviation").And.Message.Contains("found [1, 0, 1.5]"));
        Assert.That(() => new RawToRgb(new() { BlackLevel = [0.1] }), Throws.ArgumentException.With.Message.Contains("BlackLevel must have 4 finite values; found [0.1]"));
    }
}
