using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Networks;

/// <summary>The manifest's fill rule, a hash of entry and element, so that no weights need to be shipped; and the names of the entries.</summary>
internal static class GoldenWeights
{
    public static IEnumerable<(string Name, long[] Shape)> Keys(string test) =>
        Golden.Json("network_keys.json").GetProperty(test).GetProperty("state_dict").EnumerateArray()
            .Select(e => (e[0].GetString()!, e[1].EnumerateArray().Select(d => d.GetInt64()).ToArray()));

    /// <summary>Names and shapes as text, to compare as sets.</summary>
    public static IEnumerable<string> Describe(string test) => Keys(test).Select(k => $"{k.Name} [{string.Join(", ", k.Shape)}]");

    public static IEnumerable<string> Describe(nn.Module network) =>
        network.state_dict().Select(e => $"{e.Key} [{string.Join(", ", e.Value.shape)}]");

    public static void Fill(nn.Module network, string test)
    {
        using var _ = no_grad();
        var state = network.state_dict();
        uint entry = 0;
        foreach (var (name, shape) in Keys(test))
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

    /// <summary>Runs the network on the case's input and compares with one of its outputs.</summary>
    public static void AssertOutput(nn.Module<Tensor, Tensor> network, string test, int output)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var golden = Golden.Case(test);
        var expectedFile = golden.GetProperty("outputs")[output];
        var expected = Golden.Array(expectedFile.GetProperty("file").GetString()!);
        var input = Golden.Input(golden);

        var actual = network.forward(tensor(input.ToSingle()).view(Shape(input)));

        Assert.That(actual.shape, Is.EqualTo(Shape(expected)));
        var difference = Golden.MaximumDifference(actual.to(ScalarType.Float64).contiguous().data<double>().ToArray(), expected.Values);
        TestContext.Out.WriteLine($"{test} output {output}: largest difference {difference:e2}, tolerance {expectedFile.GetProperty("atol").GetDouble():e2}");
        Assert.That(difference, Is.LessThanOrEqualTo(expectedFile.GetProperty("atol").GetDouble()));
    }

    private static long[] Shape(NpyFile file) => Array.ConvertAll(file.Shape, d => (long)d);

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
}
