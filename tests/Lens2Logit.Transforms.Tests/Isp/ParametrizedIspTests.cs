using Lens2Logit.Isp;
using Lens2Logit.Sensors;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Isp;

public class ParametrizedIspTests
{
    [Test]
    public void With_initial_parameters_it_equals_the_static_pipeline_everywhere([BayerPatterns] CfaPattern pattern, [Values(8, 13)] int height, [Values(10, 15)] int width)
    {
        using var scope = NewDisposeScope();
        var camera = CameraParameters.RawDrone with { Cfa = pattern };
        var raw = Noise(height * width, 7);
        var expected = new double[3 * raw.Length];
        new StaticIsp(camera, IspConfiguration.Parse("bi,s,ga")).Process<double>(raw, height, width, expected);

        using var isp = new ParametrizedIsp(new() { Camera = camera }, ScalarType.Float64);
        var actual = isp.forward(tensor(raw).view(1, height, width)).detach().contiguous().data<double>().ToArray();

        Assert.That(Golden.MaximumDifference(actual, expected), Is.LessThanOrEqualTo(1e-6));
        Assert.That(expected.Count(v => v == 0), Is.GreaterThan(0), "the image must reach the lower clip for the test to mean something");
    }

    [Test]
    public void Gradients_equal_central_differences([Values] IspConvention convention, [BayerPatterns] CfaPattern pattern)
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(
            new() { Camera = CameraParameters.RawDrone with { Cfa = pattern }, Convention = convention, AdditiveLayer = new(9, 8) }, ScalarType.Float64);
        var raw = (tensor(Noise(2 * 72, 3)).view(2, 9, 8) * 0.3 + 0.2).detach().requires_grad_();
        var weights = tensor(Noise(2 * 3 * 72, 4)).view(2, 3, 9, 8) - 0.5;
        Tensor Loss() => (isp.forward(raw) * weights).sum();
        Loss().backward();

        Assert.Multiple(() =>
        {
            foreach (var (name, parameter) in isp.named_parameters().Append(("raw", (TorchSharp.Modules.Parameter)null!)))
            {
                var variable = parameter ?? raw;
                var numeric = CentralDifference.Of(variable, Loss, 1e-6);
                var analytic = variable.grad!.contiguous().data<double>().ToArray();
                double scale = Math.Max(1, numeric.Max(Math.Abs));
                Assert.That(Golden.MaximumDifference(analytic, numeric), Is.LessThanOrEqualTo(1e-5 * scale), name);
                Assert.That(analytic.Any(g => g != 0), $"gradient of {name} is zero");
            }
        });
    }

    [Test]
    public void The_graph_for_other_devices_equals_the_plain_one([Values] IspConvention convention, [BayerPatterns] CfaPattern pattern, [Values(4, 9)] int height)
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(
            new() { Camera = CameraParameters.RawDrone with { Cfa = pattern }, Convention = convention, AdditiveLayer = new(height, 7) }, ScalarType.Float64);
        var raw = tensor(Noise(2 * 7 * height, 3)).view(2, height, 7).requires_grad_();
        var weights = tensor(Noise(6 * 7 * height, 4)).view(2, 3, height, 7) - 0.5;
        var inputs = isp.parameters().Append(raw).ToList();
        Tensor plain = isp.PlainGraph(raw, null), folded = isp.FoldedGraph(raw);
        Assert.That((plain - folded).abs().max().ToDouble(), Is.Zero.Within(1e-12));
        var expected = autograd.grad([(plain * weights).sum()], inputs, retain_graph: true);
        var actual = autograd.grad([(folded * weights).sum()], inputs, retain_graph: true);
        for (int i = 0; i < inputs.Count; i++)
            Assert.That((actual[i] - expected[i]).abs().max().ToDouble(), Is.Zero.Within(1e-10 * expected[i].abs().max().ToDouble()), $"gradient {i}");
    }

    [Test]
    public void Below_the_floor_the_static_convention_has_no_gradient_and_no_nan()
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.Identity with { BlackLevel = [0.1, 0.1, 0.1, 0.1] } });
        var raw = zeros(1, 8, 8).requires_grad_();
        isp.forward(raw).sum().backward();

        Assert.That(raw.grad!.abs().max().ToDouble(), Is.Zero);
        foreach (var (name, parameter) in isp.named_parameters())
            Assert.That(parameter.grad!.isfinite().all().ToBoolean(), name);
    }

    [Test]
    public void Moving_the_module_moves_what_forward_uses()
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone, AdditiveLayer = new(8, 8) });
        isp.to(ScalarType.Float64);
        Assert.That(isp.forward(rand(1, 8, 8).to(ScalarType.Float64)).dtype, Is.EqualTo(ScalarType.Float64));
        Assert.That(isp.Gamma.ToDouble(), Is.EqualTo(2.2).Within(1e-6));
    }

    [Test]
    public void Retained_stages_do_not_change_the_output()
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone });
        var raw = rand(2, 8, 8);
        var stages = new Dictionary<string, Tensor>();
        // Stages come from the plain graph: the same but for rounding, which gamma enlarges near black.
        Assert.That((isp.Develop(raw, stages) - isp.forward(raw)).abs().max().ToDouble(), Is.Zero.Within(6e-5));
        Assert.That(stages.Keys, Is.EqualTo(new[] { "mosaic", "color_corrected", "sharpened", "blurred", "clipped", "gamma_corrected" }));
    }

    [Test]
    public void Forward_and_backward_leave_no_tensor_behind()
    {
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone, BatchNorm = true });
        void Step()
        {
            using var scope = NewDisposeScope();
            isp.forward(rand(2, 8, 8)).sum().backward();
            isp.zero_grad();
        }
        Step();
        long before = LiveTensors.Count();
        for (int i = 0; i < 5; i++)
            Step();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Options_survive_json_and_the_registry_builds_the_stage_again()
    {
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawMicroscopy with { Cfa = CfaPattern.Gbrg }, BatchNorm = true, AdditiveLayer = new(8, 10) });
        using var again = (ParametrizedIsp)StageRegistry.Create(isp.Kind, isp.OptionsToJson());
        Assert.That(again.Options, Is.EqualTo(isp.Options));
    }

    [Test]
    public void An_unknown_kind_lists_the_registered_ones() =>
        Assert.That(() => StageRegistry.Create("magic", "{}"), Throws.ArgumentException.With.Message.Contains("magic").And.Message.Contains("parametrized-isp, raw-to-rgb"));

    [Test]
    public void A_wrong_shape_says_what_is_expected()
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp();
        Assert.That(() => isp.forward(zeros(1, 3, 8, 8)), Throws.ArgumentException.With.Message.Contains("[N, H, W]").And.Message.Contains("[1, 3, 8, 8]"));
        Assert.That(() => isp.forward(zeros(1, 3, 8)), Throws.ArgumentException.With.Message.Contains("3×8").And.Message.Contains("4×4"));
        Assert.That(() => isp.OutputShape([8]), Throws.ArgumentException.With.Message.Contains("[H, W]"));
    }

    [Test]
    public void Text_names_every_parameter_with_its_meaning()
    {
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone });
        Assert.That(isp.ToString(), Does.Contain("black level").And.Contain("0.0625 0.0626").And.Contain("white balance").And.Contain("2.8665").And.Contain("γ"));
    }

    [TestCase("bi,s,ga")]
    [TestCase("ma,u,me")]
    public void Text_leaves_no_tensor_to_the_garbage_collector(string start)
    {
        using var isp = new ParametrizedIsp(new() { Start = IspConfiguration.Parse(start) });
        long before = LiveTensors.Count();
        _ = isp.ToString();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    private static double[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        var values = new double[count];
        for (int i = 0; i < count; i++)
            values[i] = random.NextDouble();
        return values;
    }
}
