using Lens2Logit.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Networks;

public class NetworkTests
{
    [Test]
    public void ResNet18_equals_torchvision([Values] bool training)
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet18(new() { Classes = 2 });
        Fill(network);
        network.train(training);
        var expected = Golden.Array(training ? "g_resnet18_train.npy" : "g_resnet18_eval.npy");
        var atol = Golden.Case("g_resnet18").GetProperty("outputs")[training ? 1 : 0].GetProperty("atol").GetDouble();

        var actual = network.forward(tensor(Golden.Array("g_input.npy").ToSingle()).view(2, 3, 64, 64)).to(ScalarType.Float64).detach();

        Assert.That(Golden.MaximumDifference(actual.contiguous().data<double>().ToArray(), expected.Values), Is.LessThanOrEqualTo(atol));
    }

    [Test]
    public void ResNet18_has_the_state_names_and_shapes_of_torchvision()
    {
        using var network = new ResNet18(new() { Classes = 2 });
        var expected = Keys().Select(k => $"{k.Name} [{string.Join(", ", k.Shape)}]");
        var actual = network.state_dict().Select(e => $"{e.Key} [{string.Join(", ", e.Value.shape)}]");
        Assert.That(actual, Is.EquivalentTo(expected));
    }

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
        long before = Tensor.TotalCount;
        Step();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Unknown_names_and_small_images_are_clear_errors()
    {
        using var scope = NewDisposeScope();
        Assert.That(() => NetworkRegistry.Create("VGG", new()), Throws.ArgumentException.With.Message.Contains("'VGG'").And.Message.Contains("ResNet18, SmallCnn"));
        using var network = new SmallCnn(new());
        Assert.That(() => network.forward(rand(1, 3, 8, 64)), Throws.ArgumentException.With.Message.Contains("16×16").And.Message.Contains("8×64"));
    }

    /// <summary>The manifest's fill rule: a hash of entry and element, so that no weights need to be shipped.</summary>
    private static void Fill(nn.Module network)
    {
        using var _ = no_grad();
        var state = network.state_dict();
        uint entry = 0;
        foreach (var (name, shape) in Keys())
        {
            long count = shape.Aggregate(1L, (a, b) => a * b);
            var values = new float[count];
            for (uint j = 0; j < count; j++)
            {
                double u = Hash(entry, j) / 4294967296.0 - 0.5;
                values[j] = (float)(name switch
                {
                    _ when name.EndsWith("running_mean", StringComparison.Ordinal) => 0.2 * u,
                    _ when name.EndsWith("running_var", StringComparison.Ordinal) => 1 + 0.5 * u,
                    _ when name.EndsWith("num_batches_tracked", StringComparison.Ordinal) => 0,
                    _ when shape.Length == 4 => u * Math.Sqrt(24.0 / (shape[1] * shape[2] * shape[3])),
                    _ when shape.Length == 2 => u * Math.Sqrt(12.0 / shape[1]),
                    _ when name.EndsWith("weight", StringComparison.Ordinal) => 0.7 + 0.2 * u,
                    _ => 0.2 * u,
                });
            }
            using var filled = tensor(values).view(shape);
            state[name].copy_(filled);
            entry++;
        }
    }

    private static uint Hash(uint entry, uint element)
    {
        unchecked
        {
            uint x = (element + 1) * 2654435761 + (entry + 1) * 974593;
            x ^= x >> 16;
            x *= 2246822519;
            x ^= x >> 13;
            x *= 3266489917;
            return x ^ (x >> 16);
        }
    }

    private static IEnumerable<(string Name, long[] Shape)> Keys() =>
        Golden.Json("network_keys.json").GetProperty("g_resnet18").GetProperty("state_dict").EnumerateArray()
            .Select(e => (e[0].GetString()!, e[1].EnumerateArray().Select(d => d.GetInt64()).ToArray()));
}
