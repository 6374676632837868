using System.Text.Json;
using Lens2Logit.Isp;
using Lens2Logit.Losses;
using Lens2Logit.Tests.Isp;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Losses;

/// <summary>
/// The penalties as the paper's forensics uses them: on views of an ISP at its initial and at other parameters, both in eval mode with one
/// set of running statistics. The sign is the reference's, which adds the similarity.
/// </summary>
public class ForensicsPenaltyTests
{
    [TestCase("d_auxloss_ssim_Drone")]
    [TestCase("d_auxloss_l2_Drone")]
    public void Value_and_parameter_gradients_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var test = Golden.Case(name);
        var parameters = test.GetProperty("parameters");
        using var reference = Warm(test);
        using var changed = Warm(test);
        var own = changed.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        using (no_grad())
            foreach (var value in parameters.GetProperty("adv_parameter_values").EnumerateObject())
            {
                var parameter = own[ParametrizedIspGoldenTests.ParameterNames[value.Name]];
                parameter.copy_(tensor(Golden.Doubles(value.Value.GetProperty("v"))).view(parameter.shape));
            }
        var raw = Double(test.GetProperty("inputs")[0]);

        var (first, second) = (reference.forward(raw).detach(), changed.forward(raw));
        var distance = name.Contains("ssim", StringComparison.Ordinal) ? StructuralSimilarity.Mean(first, second) : SquaredDistance.Sum(first, second);
        var penalty = parameters.GetProperty("weight").GetDouble() * distance;
        penalty.backward();

        var expected = test.GetProperty("value");
        Assert.Multiple(() =>
        {
            Assert.That(penalty.ToDouble(), Is.EqualTo(expected.GetProperty("f64").GetDouble()).Within(test.GetProperty("atol").GetDouble()));
            TestContext.Out.WriteLine($"{name}: value {Math.Abs(penalty.ToDouble() - expected.GetProperty("f64").GetDouble()):e2}");
            foreach (var gradient in test.GetProperty("parameter_gradients").EnumerateObject())
            {
                var difference = GoldenLosses.Difference(own[ParametrizedIspGoldenTests.ParameterNames[gradient.Name]].grad!, Golden.Doubles(gradient.Value.GetProperty("f64")));
                TestContext.Out.WriteLine($"{name} {gradient.Name}: {difference:e2} (tolerance {gradient.Value.GetProperty("atol").GetDouble():e2})");
                Assert.That(difference, Is.LessThanOrEqualTo(gradient.Value.GetProperty("atol").GetDouble()), gradient.Name);
            }
        });
    }

    private static ParametrizedIsp Warm(JsonElement test)
    {
        var parameters = test.GetProperty("parameters");
        var camera = Golden.Camera(parameters.GetProperty("camera").GetString()!);
        var isp = new ParametrizedIsp(new() { Camera = camera, Convention = IspConvention.Published, BatchNorm = true }, ScalarType.Float64);
        using var _ = no_grad();
        foreach (var batch in parameters.GetProperty("warm_forwards").EnumerateArray())
            isp.forward(Double(batch));
        isp.eval();
        return isp;
    }

    private static Tensor Double(JsonElement file) => GoldenLosses.Load(file).to(ScalarType.Float64);
}
