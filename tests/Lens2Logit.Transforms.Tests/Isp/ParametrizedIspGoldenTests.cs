using System.Text.Json;
using Lens2Logit.Isp;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Isp;

/// <summary>The parametrised ISP against the paper's differentiable code: stages, output, and gradients of everything.</summary>
public class ParametrizedIspGoldenTests
{
    // The reference's names → ours; tolerances for a stage apply to the values the reference kept in float32.
    private static readonly Dictionary<string, string> StageNames = new()
    {
        ["demosaic"] = "mosaic",
        ["color_correct"] = "color_corrected",
        ["sharpening"] = "sharpened",
        ["gaussian"] = "blurred",
        ["clipped"] = "clipped",
        ["gamma_correct"] = "gamma_corrected",
    };

    internal static readonly Dictionary<string, string> ParameterNames = new()
    {
        ["black_level"] = "black_level",
        ["white_balance"] = "white_balance",
        ["colour_correction"] = "color_matrix",
        ["gamma_correct"] = "gamma",
        ["debayer.weight"] = "demosaicing",
        ["sharpening_filter.weight"] = "sharpening",
        ["gaussian_blur.weight"] = "blur",
    };

    private static IEnumerable<TestCaseData> Cases() =>
        from name in Golden.Names("b_")
        from type in new[] { ScalarType.Float32, ScalarType.Float64 }
        select new TestCaseData(name, type);

    [TestCaseSource(nameof(Cases))]
    public void Stages_output_and_gradients_equal_the_reference(string name, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var test = Golden.Case(name);
        using var isp = Create(test, type);
        Warm(isp, test, type);
        var input = Tensor(test.GetProperty("inputs")[0], type).requires_grad_();
        var stages = new Dictionary<string, Tensor>();

        var output = isp.Develop(input, stages);
        var loss = (output * Tensor(test.GetProperty("loss").GetProperty("G"), type)).sum();
        loss.backward();

        Assert.Multiple(() =>
        {
            foreach (var expected in test.GetProperty("outputs").EnumerateArray())
            {
                var role = expected.GetProperty("role").GetString()!;
                var actual = role switch
                {
                    "out" => output,
                    "grad_raw" => input.grad,
                    _ when role.StartsWith("stage_", StringComparison.Ordinal) => stages[StageNames[role["stage_".Length..]]],
                    _ => stages[StageNames[role["stagegrad_".Length..]]].grad,
                };
                AssertClose(role, actual!, Tensor(expected, ScalarType.Float64), expected.GetProperty("atol").GetDouble());
            }
            // A float32 sum over a whole batch depends on its order; the manifest's tolerance comes from one order, hence the factor.
            AssertGradientsAndStatistics(isp, test, reordering: type == ScalarType.Float32 ? 4 : 1);
        });
    }

    [Test]
    public void The_fused_output_and_gradients_equal_the_reference([ValueSource(nameof(Names))] string name, [Values(128, 256, 512)] int bits)
    {
        using var scope = NewDisposeScope();
        var test = Golden.Case(name);
        using var isp = Create(test, ScalarType.Float32);
        isp.Vectors = VectorWidths.Of(bits);
        Warm(isp, test, ScalarType.Float32);
        var input = Tensor(test.GetProperty("inputs")[0], ScalarType.Float32).requires_grad_();

        var output = isp.forward(input);
        (output * Tensor(test.GetProperty("loss").GetProperty("G"), ScalarType.Float32)).sum().backward();

        Assert.Multiple(() =>
        {
            foreach (var expected in test.GetProperty("outputs").EnumerateArray())
            {
                if (expected.GetProperty("role").GetString() is "out" or "grad_raw")
                {
                    var actual = expected.GetProperty("role").GetString() == "out" ? output : input.grad!;
                    AssertClose(expected.GetProperty("role").GetString()!, actual, Tensor(expected, ScalarType.Float64), expected.GetProperty("atol").GetDouble());
                }
            }
            AssertGradientsAndStatistics(isp, test, reordering: 4);
        });
    }

    private static IEnumerable<string> Names() => Golden.Names("b_");

    private static void AssertGradientsAndStatistics(ParametrizedIsp isp, JsonElement test, double reordering)
    {
        var parameters = isp.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var gradient in test.GetProperty("parameter_gradients").EnumerateObject())
        {
            var expected = tensor(Golden.Doubles(gradient.Value.GetProperty("f64")));
            AssertClose("gradient of " + gradient.Name, parameters[ParameterNames[gradient.Name]].grad!, expected, reordering * gradient.Value.GetProperty("atol").GetDouble());
        }
        foreach (var statistic in test.GetProperty("batch_norm_state_after").EnumerateObject().Where(s => s.Name != "num_batches_tracked"))
            AssertClose(statistic.Name, isp.get_buffer("batch_norm." + statistic.Name)!, tensor(Golden.Doubles(statistic.Value)), 1e-5);
    }

    private static ParametrizedIsp Create(JsonElement test, ScalarType type)
    {
        var parameters = test.GetProperty("parameters");
        var isp = new ParametrizedIsp(new()
        {
            Camera = Golden.Camera(parameters.GetProperty("camera").GetString()!),
            Convention = IspConvention.Published,
            BatchNorm = parameters.GetProperty("batch_norm_output").GetBoolean(),
        }, type);
        using var _ = no_grad();
        var own = isp.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var changed in parameters.GetProperty("overridden_parameters").EnumerateObject())
        {
            var parameter = own[ParameterNames[changed.Name]];
            parameter.copy_(Tensor(changed.Value, type).view(parameter.shape));
        }
        return isp;
    }

    private static void Warm(ParametrizedIsp isp, JsonElement test, ScalarType type)
    {
        using var _ = no_grad();
        foreach (var batch in test.GetProperty("parameters").GetProperty("warm_forwards").EnumerateArray())
            isp.forward(Tensor(batch, type));
        if (test.GetProperty("parameters").GetProperty("mode").GetString() == "eval")
            isp.eval();
    }

    private static Tensor Tensor(JsonElement file, ScalarType type)
    {
        var array = Golden.Array(file.GetProperty("file").GetString()!);
        return tensor(array.Values, dtype: type).view(Array.ConvertAll(array.Shape, d => (long)d));
    }

    private static void AssertClose(string what, Tensor actual, Tensor expected, double tolerance)
    {
        var difference = (actual.detach().to(ScalarType.Float64).flatten() - expected.flatten()).abs().max().ToDouble();
        Assert.That(difference, Is.Zero.Within(tolerance), what);
    }
}
