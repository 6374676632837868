using Lens2Logit.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Networks;

public class ResNetTests
{
    [Test]
    public void Output_equals_torchvision([Values(18, 34, 50)] int depth, [Values] bool training)
    {
        using var network = new ResNet(depth, new() { Classes = 2 });
        GoldenWeights.Fill(network, $"g_resnet{depth}");
        network.train(training);
        GoldenWeights.AssertOutput(network, $"g_resnet{depth}", training ? 1 : 0);
    }

    [Test]
    public void State_has_the_names_and_shapes_of_torchvision([Values(18, 34, 50)] int depth)
    {
        using var network = new ResNet(depth, new() { Classes = 2 });
        Assert.That(GoldenWeights.Describe(network), Is.EquivalentTo(GoldenWeights.Describe($"g_resnet{depth}")));
    }

    [TestCase(18, 11_689_512)]
    [TestCase(34, 21_797_672)]
    [TestCase(50, 25_557_032)]
    public void A_thousand_classes_need_as_many_parameters_as_in_torchvision(int depth, long expected)
    {
        using var network = new ResNet(depth, new() { Classes = 1000 });
        Assert.That(network.parameters().Sum(p => p.numel()), Is.EqualTo(expected));
    }

    [Test]
    public void The_registry_names_depths([Values(18, 34, 50)] int depth)
    {
        using var network = NetworkRegistry.Create($"ResNet{depth}", new() { Classes = 3, Channels = 4 });
        using var scope = NewDisposeScope();
        Assert.That(network.GetName(), Is.EqualTo($"ResNet{depth}"));
        Assert.That(network.forward(zeros(2, 4, 32, 40)).shape, Is.EqualTo(new long[] { 2, 3 }));
    }

    [Test]
    public void Conversion_to_another_type_reaches_every_layer()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet(50, new()).to(ScalarType.Float64);
        using var segmenter = new UnetPlusPlus().to(ScalarType.Float64);
        var images = rand(2, 3, 32, 32, dtype: ScalarType.Float64);
        Assert.That(network.forward(images).dtype, Is.EqualTo(ScalarType.Float64));
        Assert.That(segmenter.forward(images).dtype, Is.EqualTo(ScalarType.Float64));
    }

    [Test]
    public void A_step_leaves_no_tensor_behind([Values(18, 50)] int depth)
    {
        using var network = new ResNet(depth, new());
        Step();
        long before = LiveTensors.Count();
        Step();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));

        void Step()
        {
            using var scope = NewDisposeScope();
            network.forward(rand(2, 3, 32, 32)).sum().backward();
            network.zero_grad();
        }
    }

    [Test]
    public void Other_depths_and_small_images_are_clear_errors()
    {
        using var scope = NewDisposeScope();
        Assert.That(() => new ResNet(20, new()), Throws.InstanceOf<ArgumentException>().With.Message.Contains("18, 34 or 50"));
        using var network = new ResNet(34, new());
        Assert.That(() => network.forward(rand(1, 3, 16, 64)), Throws.ArgumentException.With.Message.Contains("ResNet34").And.Message.Contains("16×64"));
    }
}
