using Lens2Logit.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Networks;

public class NetworkTests
{
    [Test]
    public void Initial_weights_depend_on_the_seed_alone([Values(Architecture.ResNet18, Architecture.SmallCnn)] string name)
    {
        using var scope = NewDisposeScope();
        using var a = NetworkRegistry.Create(name, new(), seed: 3);
        var between = rand(1);
        using var b = NetworkRegistry.Create(name, new(), seed: 3);
        using var c = NetworkRegistry.Create(name, new(), seed: 4);
        var first = a.parameters().First();
        Assert.That(first.equal(b.parameters().First()).all().ToBoolean());
        Assert.That(first.equal(c.parameters().First()).all().ToBoolean(), Is.False);
    }

    [Test]
    public void Creating_a_network_does_not_disturb_the_global_random_stream()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var expected = rand(2)[1].ToSingle();
        manual_seed(1);
        _ = rand(1);
        using var network = NetworkRegistry.Create(Architecture.SmallCnn, new(), seed: 9);
        Assert.That(rand(1).ToSingle(), Is.EqualTo(expected));
    }

    [Test]
    public void Small_cnn_maps_images_to_logits_and_leaves_no_tensor_behind()
    {
        using var network = new SmallCnn(new() { Classes = 5 });
        Assert.That(network.parameters().Sum(p => p.numel()), Is.EqualTo(98_325));
        void Step()
        {
            using var scope = NewDisposeScope();
            var logits = network.forward(rand(2, 3, 33, 40));
            Assert.That(logits.shape, Is.EqualTo(new long[] { 2, 5 }));
            logits.sum().backward();
            network.zero_grad();
        }
        Step();
        long before = LiveTensors.Count();
        Step();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Unknown_names_and_small_images_are_clear_errors()
    {
        using var scope = NewDisposeScope();
        Assert.That(() => NetworkRegistry.Create("VGG", new()), Throws.ArgumentException.With.Message.Contains("'VGG'").And.Message.Contains("ResNet18, ResNet34, ResNet50, SmallCnn"));
        using var network = new SmallCnn(new());
        Assert.That(() => network.forward(rand(1, 3, 8, 64)), Throws.ArgumentException.With.Message.Contains("16×16").And.Message.Contains("8×64"));
    }

    [Test]
    public void An_image_without_its_batch_and_sizes_out_of_range_are_clear_errors()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> residual = new ResNet(18, new()), small = new SmallCnn(new()), segmentation = new SmallUnet(new());
        foreach (var network in new[] { residual, small, segmentation })
            Assert.That(() => network.forward(rand(3, 64, 64)), Throws.ArgumentException.With.Message.Contains("[N, C, H, W]").And.Message.Contains("[3, 64, 64]"), network.GetName());
        Assert.That(() => new SmallCnn(new() { Classes = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("Classes"));
        Assert.That(() => new SmallUnet(new() { Channels = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("Channels"));
    }
}
