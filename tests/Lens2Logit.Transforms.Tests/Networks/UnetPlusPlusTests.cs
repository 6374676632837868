using Lens2Logit.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Networks;

public class UnetPlusPlusTests
{
    private static UnetPlusPlus AsInTheReference(int depth) => new(new() { Depth = depth, Classes = depth == 3 ? 3 : 1 });

    [Test]
    public void Output_equals_segmentation_models_pytorch([Values(3, 5)] int depth)
    {
        using var network = AsInTheReference(depth);
        GoldenWeights.Fill(network, $"h_unetpp_depth{depth}");
        network.eval();
        GoldenWeights.AssertOutput(network, $"h_unetpp_depth{depth}", 0);
    }

    [Test]
    public void State_has_the_names_and_shapes_of_segmentation_models_pytorch([Values(3, 5)] int depth)
    {
        using var network = AsInTheReference(depth);
        Assert.That(GoldenWeights.Describe(network), Is.EquivalentTo(GoldenWeights.Describe($"h_unetpp_depth{depth}")));
    }

    [Test]
    public void Every_depth_keeps_the_size_and_leaves_no_tensor_behind([Values(3, 4, 5)] int depth)
    {
        using var network = new UnetPlusPlus(new() { Depth = depth, Classes = 2, Channels = 1, DecoderChannels = [.. Enumerable.Repeat(8, depth)] });
        Step();
        long before = LiveTensors.Count();
        Step();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));

        void Step()
        {
            using var scope = NewDisposeScope();
            var output = network.forward(rand(2, 1, 32, 64));
            Assert.That(output.shape, Is.EqualTo(new long[] { 2, 2, 32, 64 }));
            output.sum().backward();
            network.zero_grad();
        }
    }

    [Test]
    public void Initial_weights_depend_on_the_seed_alone()
    {
        using var scope = NewDisposeScope();
        using var a = UnetPlusPlus.Create(seed: 3);
        var between = rand(1);
        using var b = UnetPlusPlus.Create(seed: 3);
        using var c = UnetPlusPlus.Create(seed: 4);
        foreach (var (name, weight) in a.named_parameters().Where(p => p.parameter.dim() == 4))
        {
            Assert.That(weight.equal(b.get_parameter(name)!).all().ToBoolean(), name);
            Assert.That(weight.equal(c.get_parameter(name)!).all().ToBoolean(), Is.False, name);
        }
    }

    [Test]
    public void Options_survive_json()
    {
        var options = new UnetPlusPlusOptions { Channels = 4, Classes = 2, Depth = 3, DecoderChannels = [9, 8, 7] };
        Assert.That(UnetPlusPlusOptions.FromJson(options.ToJson()).ToJson(), Is.EqualTo(options.ToJson()));
    }

    [Test]
    public void Sizes_and_options_out_of_range_are_clear_errors()
    {
        using var scope = NewDisposeScope();
        using var network = new UnetPlusPlus(new() { Depth = 3 });
        Assert.That(() => network.forward(rand(1, 3, 36, 64)), Throws.ArgumentException.With.Message.Contains("multiples of 8").And.Message.Contains("36×64"));
        Assert.That(() => network.forward(rand(3, 64, 64)), Throws.ArgumentException.With.Message.Contains("[3, 64, 64]"));
        Assert.That(() => new UnetPlusPlus(new() { Depth = 6 }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Depth"));
        Assert.That(() => new UnetPlusPlus(new() { DecoderChannels = [1, 2] }), Throws.ArgumentException.With.Message.Contains("5 values"));
    }
}
