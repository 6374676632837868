using Lens2Logit.Isp;
using Lens2Logit.Sensors;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Isp;

/// <summary>The parametrised ISP started from any static pipeline, and its bounds.</summary>
public class ParametrizedIspStartTests
{
    private static IEnumerable<IspConfiguration> Configurations() => IspConfiguration.All.Append(IspConfiguration.Parse("ma,uv,me"));

    [Test]
    public void It_starts_as_the_static_pipeline([ValueSource(nameof(Configurations))] IspConfiguration start, [BayerPatterns] CfaPattern pattern, [Values(8, 13)] int height)
    {
        const int width = 15;
        using var scope = NewDisposeScope();
        var camera = CameraParameters.RawDrone with { Cfa = pattern };
        var raw = Noise(height * width, 7);
        var expected = new double[3 * raw.Length];
        new StaticIsp(camera, start).Process<double>(raw, height, width, expected);
        using var isp = new ParametrizedIsp(new() { Camera = camera, Start = start }, ScalarType.Float64);
        var actual = isp.forward(tensor(raw).view(1, height, width)).detach().contiguous().data<double>().ToArray();
        Assert.That(Golden.MaximumDifference(actual, expected), Is.LessThanOrEqualTo(1e-6));
    }

    [Test]
    public void Gradients_equal_central_differences([ValueSource(nameof(Configurations))] IspConfiguration start)
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone with { Cfa = CfaPattern.Grbg }, Start = start }, ScalarType.Float64);
        var raw = (tensor(Noise(2 * 72, 3)).view(2, 9, 8) * 0.3 + 0.2).detach().requires_grad_();
        var weights = tensor(Noise(2 * 3 * 72, 4)).view(2, 3, 9, 8) - 0.5;
        Tensor Loss() => (isp.forward(raw) * weights).sum();
        Loss().backward();

        Assert.Multiple(() =>
        {
            foreach (var (name, variable) in isp.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Append(("raw", raw)))
            {
                var numeric = CentralDifference.Of(variable, Loss, 1e-7);
                var analytic = variable.grad!.contiguous().data<double>().ToArray();
                double scale = Math.Max(1, numeric.Max(Math.Abs));
                Assert.That(Golden.MaximumDifference(analytic, numeric), Is.LessThanOrEqualTo(1e-5 * scale), name);
                Assert.That(analytic.Any(g => g != 0), $"gradient of {name} is zero");
            }
        });
    }

    [TestCase("bi,s,ga", "black_level demosaicing white_balance color_matrix sharpening blur gamma")]
    [TestCase("ma,u,ga", "black_level demosaicing white_balance color_matrix unsharp_radius unsharp_amount blur gamma")]
    [TestCase("me,u,me", "black_level white_balance color_matrix unsharp_radius unsharp_amount gamma")]
    public void The_weights_are_those_that_the_start_has(string start, string names)
    {
        using var isp = new ParametrizedIsp(new() { Start = IspConfiguration.Parse(start) });
        Assert.That(string.Join(' ', isp.named_parameters().Select(p => p.name)), Is.EqualTo(names));
        Assert.That(isp.ToString(), Does.Contain(start));
    }

    [Test]
    public void A_weight_that_does_not_exist_is_refused_by_name()
    {
        using var isp = new ParametrizedIsp(new() { Start = IspConfiguration.Parse("me,u,me") });
        Assert.That(() => isp.Demosaicing, Throws.InvalidOperationException.With.Message.Contains("me,u,me").And.Message.Contains("demosaicing"));
        Assert.That(() => isp.Blur, Throws.InvalidOperationException.With.Message.Contains("blur"));
    }

    [Test]
    public void Starts_that_do_not_exist_are_refused()
    {
        Assert.That(() => new ParametrizedIsp(new() { Start = IspConfiguration.Parse("ma,s,fft") }), Throws.ArgumentException.With.Message.Contains("ma,s,fft"));
        Assert.That(() => new ParametrizedIsp(new() { Start = IspConfiguration.Parse("ma,s,ga"), Convention = IspConvention.Published }), Throws.ArgumentException.With.Message.Contains("Published"));
    }

    [Test]
    public void Start_and_bounds_survive_json_and_older_options_have_neither()
    {
        using var isp = new ParametrizedIsp(new() { Start = IspConfiguration.Parse("ma,u,me"), Bounds = new() { Gamma = new(1, 3) } });
        using var again = (ParametrizedIsp)StageRegistry.Create(isp.Kind, isp.OptionsToJson());
        Assert.That(again.Options, Is.EqualTo(isp.Options));
        var older = ParametrizedIspOptions.FromJson("""{"Convention":"Static","Gamma":2.2}""");
        Assert.That(older.Start.ToString(), Is.EqualTo("bi,s,ga"));
        Assert.That(older.Bounds, Is.Null);
    }

    [TestCase("bi,s,ga")]
    [TestCase("ma,u,me")]
    public void A_thousand_hostile_steps_neither_leave_the_bounds_nor_reach_the_view(string start)
    {
        var bounds = new IspBounds();
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawMicroscopy, Start = IspConfiguration.Parse(start), Bounds = bounds, AdditiveLayer = new(8, 8) });
        var random = new Random(5);
        using var raw = tensor(Array.ConvertAll(Noise(64, 1), v => (float)v)).view(1, 8, 8);
        for (int step = 0; step < 1000; step++)
        {
            using var scope = NewDisposeScope();
            isp.zero_grad();
            var view = isp.forward(raw);
            view.sum().backward();
            // The additive layer shifts the view by 1 at most.
            Assert.That(view.isfinite().all().ToBoolean() && view.abs().max().ToDouble() <= 2, $"view in step {step}");
            foreach (var (name, parameter) in isp.named_parameters())
            {
                var range = bounds.ByName[name];
                Assert.That(((parameter >= range.Minimum - 1e-6) & (parameter <= range.Maximum + 1e-6)).all().ToBoolean(), $"{name} in step {step}");
                Assert.That(parameter.grad!.isfinite().all().ToBoolean(), $"gradient of {name} in step {step}");
                using var _ = no_grad();
                parameter.sub_(Hostile(random, parameter.grad!));
            }
        }
    }

    [Test]
    public void An_initial_weight_outside_its_bounds_is_refused() =>
        Assert.That(() => new ParametrizedIsp(new() { Gamma = 2.2, Bounds = new() { Gamma = new(1, 2) } }),
            Throws.ArgumentException.With.Message.Contains("gamma").And.Message.Contains("2.2"));

    [TestCase(ScalarType.Float32)]
    [TestCase(ScalarType.Float64)]
    public void A_range_of_one_number_pins_a_weight_in_either_precision(ScalarType type)
    {
        // 2.2 and −0.3 lie beside the nearest numbers of float32, above and below.
        var camera = CameraParameters.Identity with { WhiteBalance = [-0.3, -0.3, -0.3] };
        using var isp = new ParametrizedIsp(new() { Camera = camera, Bounds = new() { Gamma = new(2.2, 2.2), WhiteBalance = new(-0.3, -0.3) } }, type);
        using var scope = NewDisposeScope();
        using (no_grad())
            isp.Gamma.add_(1);
        isp.forward(full([1, 4, 4], 0.5, type));
        Assert.That(isp.Gamma.to(ScalarType.Float64).item<double>(), Is.EqualTo(type == ScalarType.Float32 ? 2.2f : 2.2));
    }

    [Test]
    public void Bounds_that_admit_what_cannot_be_computed_are_refused()
    {
        Assert.That(() => new ParametrizedIsp(new() { Bounds = new() { Gamma = new(0, 3) } }), Throws.ArgumentException.With.Message.Contains("Gamma"));
        Assert.That(() => new ParametrizedIsp(new() { Bounds = new() { Blur = new(1, -1) } }), Throws.ArgumentException.With.Message.Contains("blur"));
    }

    /// <summary>A step that no sane optimiser takes: huge, not finite, or the true gradient many times over.</summary>
    private static Tensor Hostile(Random random, Tensor gradient) => random.Next(6) switch
    {
        0 => full_like(gradient, double.NaN),
        1 => full_like(gradient, double.PositiveInfinity),
        2 => (rand_like(gradient) - 0.5) * 1e30,
        3 => gradient * 1e6,
        4 => (rand_like(gradient) - 0.5) * 10,
        _ => gradient * 0.01,
    };

    private static double[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
    }
}
