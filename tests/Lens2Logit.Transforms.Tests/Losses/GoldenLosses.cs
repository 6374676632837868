using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Losses;

/// <summary>Runs a loss on both inputs of a golden case and compares value and gradient.</summary>
internal static class GoldenLosses
{
    /// <param name="test">The case.</param>
    /// <param name="differentiate">Which of the two inputs the golden gradient is for.</param>
    /// <param name="loss">Of the two inputs.</param>
    public static void AssertValueAndGradient(string test, int differentiate, Func<Tensor, Tensor, Tensor> loss)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Case(test);
        Tensor[] inputs = [.. golden.GetProperty("inputs").EnumerateArray().Select(Load)];
        inputs[differentiate].requires_grad_();

        var value = loss(inputs[0], inputs[1]);
        value.sum().backward();

        var expected = golden.GetProperty("value");
        var gradient = golden.GetProperty("outputs")[0];
        var valueDifference = Difference(value, Golden.Doubles(expected.GetProperty("f64")));
        var gradientDifference = Difference(inputs[differentiate].grad!, Golden.Output(golden).Values);
        TestContext.Out.WriteLine($"{test}: value {valueDifference:e2} (tolerance {Atol(expected):e2}), gradient {gradientDifference:e2} (tolerance {Atol(gradient):e2})");
        Assert.Multiple(() =>
        {
            Assert.That(valueDifference, Is.LessThanOrEqualTo(Atol(expected)), "value");
            Assert.That(gradientDifference, Is.LessThanOrEqualTo(Atol(gradient)), "gradient");
        });
    }

    public static Tensor Load(JsonElement file)
    {
        var array = Golden.Array(file.GetProperty("file").GetString()!);
        return tensor(array.ToSingle()).view(Array.ConvertAll(array.Shape, d => (long)d));
    }

    public static double Difference(Tensor actual, double[] expected) =>
        Golden.MaximumDifference(actual.detach().to(ScalarType.Float64).flatten().data<double>().ToArray(), expected);

    private static double Atol(JsonElement element) => element.GetProperty("atol").GetDouble();
}
