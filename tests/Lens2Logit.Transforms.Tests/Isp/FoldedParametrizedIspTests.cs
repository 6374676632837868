using Lens2Logit.Isp;
using Lens2Logit.Sensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Isp;

/// <summary>
/// The passes for other devices, here on the CPU, against the plain graph in double precision, with weights that have no symmetry: a tap or a
/// border taken for another shows.
/// </summary>
public class FoldedParametrizedIspTests
{
    [Test]
    public void Output_and_all_gradients_equal_the_plain_graph_at_any_size([Values] IspConvention convention, [BayerPatterns] CfaPattern pattern)
    {
        // Less than a tile, parts of tiles, whole ones, and several bands of them.
        foreach (var (height, width) in new[] { (4, 4), (4, 5), (5, 4), (6, 7), (8, 16), (9, 17), (15, 12), (16, 24), (32, 18), (33, 40), (64, 8) })
        {
            using var scope = NewDisposeScope();
            using var isp = Create(new() { Camera = CameraParameters.RawDrone with { Cfa = pattern }, Convention = convention, AdditiveLayer = new(height, width) });
            Compare(isp, Noise(3 * height * width, height).view(3, height, width).requires_grad_());
        }
    }

    [Test]
    public void Whatever_is_frozen_the_others_get_their_gradients([Values] IspConvention convention)
    {
        string[] names = ["black_level", "demosaicing", "white_balance", "color_matrix", "sharpening", "blur", "gamma", "additive", "raw"];
        foreach (var learned in names.Select(name => new[] { name }).Concat(names.Select(name => names.Except([name]).ToArray())))
        {
            using var scope = NewDisposeScope();
            using var isp = Create(new() { Camera = CameraParameters.RawDrone, Convention = convention, AdditiveLayer = new(8, 10) });
            foreach (var (name, parameter) in isp.named_parameters())
                parameter.requires_grad_(learned.Contains(name));
            Compare(isp, Noise(160, 5).view(2, 8, 10).requires_grad_(learned.Contains("raw")));
        }
    }

    [Test]
    public void Without_anything_to_learn_the_output_is_the_same_and_has_no_graph([Values] IspConvention convention)
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone, Convention = convention });
        var raw = Noise(160, 5).view(2, 8, 10);
        var expected = isp.FoldedGraph(raw);
        Assert.That(expected.requires_grad);
        foreach (var parameter in isp.parameters())
            parameter.requires_grad_(false);
        var actual = isp.FoldedGraph(raw);
        Assert.That(actual.requires_grad, Is.False);
        Assert.That(actual.equal(expected.detach()).all().ToBoolean());
    }

    [Test]
    public void Images_of_another_size_or_type_and_raw_images_with_gaps_are_developed_as_well()
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone });
        Compare(isp, Noise(160, 5).view(2, 8, 10));
        Compare(isp, Noise(2 * 12 * 30, 6).view(2, 12, 30)[.., .., 5..24]);
        isp.to(ScalarType.Float32);
        var raw = Noise(2 * 144, 7).view(2, 12, 12).to(ScalarType.Float32);
        Assert.That((isp.FoldedGraph(raw) - isp.PlainGraph(raw, null)).abs().max().ToDouble(), Is.Zero.Within(1e-4));
    }

    [Test]
    public void Gradients_equal_central_differences([Values] IspConvention convention)
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone, Convention = convention, AdditiveLayer = new(9, 8) });
        var raw = (Noise(2 * 72, 3).view(2, 9, 8) * 0.3 + 0.2).detach().requires_grad_();
        var weights = Noise(2 * 3 * 72, 4).view(2, 3, 9, 8) - 0.5;
        Tensor Loss() => (isp.FoldedGraph(raw) * weights).sum();
        Loss().backward();
        foreach (var (name, variable) in isp.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Append(("raw", raw)))
        {
            var numeric = CentralDifference.Of(variable, Loss, 1e-6);
            double scale = Math.Max(1, numeric.Max(Math.Abs));
            Assert.That(Golden.MaximumDifference(variable.grad!.contiguous().data<double>().ToArray(), numeric), Is.LessThanOrEqualTo(1e-5 * scale), name);
        }
    }

    [Test]
    public void Where_values_are_clipped_the_gradients_are_the_plain_graphs([Values] IspConvention convention)
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.Identity with { BlackLevel = [0.1, 0.1, 0.1, 0.1] }, Convention = convention }, ScalarType.Float64);
        // Flat fields below black, at it, between zero and the floor, and saturated.
        double[] levels = [0, 0.1, 0.1 + 4e-6, 0.5, 2];
        var raw = tensor(levels).view(-1, 1, 1).expand(-1, 8, 8).contiguous().requires_grad_();
        Compare(isp, raw);
        var view = isp.FoldedGraph(raw);
        Assert.That(new[] { view.min().ToDouble(), view.max().ToDouble() }, Is.EqualTo(new[] { convention == IspConvention.Static ? 0 : Math.Pow(1e-5, 1 / 2.2), 1 }).Within(1e-9));
    }

    [Test]
    public void A_gradient_of_the_gradient_equals_the_plain_graphs([Values] IspConvention convention)
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone, Convention = convention });
        var raw = (Noise(128, 1).view(2, 8, 8) * 0.3 + 0.3).detach().requires_grad_();
        Tensor[] Penalty(Func<Tensor, Tensor> develop)
        {
            isp.zero_grad();
            var gradient = autograd.grad([develop(raw).square().sum()], [raw], retain_graph: true, create_graph: true)[0];
            gradient.square().mean().backward();
            return [.. isp.parameters().Select(p => p.grad!.clone())];
        }
        Tensor[] expected = Penalty(t => isp.PlainGraph(t, null)), actual = Penalty(isp.FoldedGraph);
        for (int i = 0; i < expected.Length; i++)
            Assert.That((actual[i] - expected[i]).abs().max().ToDouble(), Is.Zero.Within(1e-9 * expected[i].abs().max().ToDouble()), $"weight {i}");
    }

    [Test]
    public void A_second_backward_pass_through_the_same_graph_gives_the_same()
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone });
        var loss = isp.FoldedGraph(Noise(128, 1).view(2, 8, 8)).square().sum();
        loss.backward(retain_graph: true);
        var first = isp.Blur.grad!.clone();
        loss.backward();
        Assert.That((isp.Blur.grad! - 2 * first).abs().max().ToDouble(), Is.Zero.Within(1e-12 * first.abs().max().ToDouble()));
    }

    [Test]
    public void A_weight_changed_between_the_passes_is_reported_by_the_next_forward_pass()
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone });
        var raw = Noise(64, 1).view(1, 8, 8);
        var loss = isp.FoldedGraph(raw).sum();
        using (no_grad())
            isp.Gamma.add_(0.1);
        loss.backward();
        Assert.That(isp.Gamma.grad, Is.Null);
        Assert.That(() => isp.FoldedGraph(raw), Throws.InvalidOperationException.With.Message.Contains("gradients are missing"));
        Assert.That(() => isp.FoldedGraph(raw), Throws.Nothing);
    }

    [Test]
    public void Training_leaves_no_tensor_behind_whichever_thread_goes_back([Values] bool otherThread)
    {
        using var isp = Create(new() { Camera = CameraParameters.RawDrone, AdditiveLayer = new(8, 8) });
        Train(isp, otherThread);
        long before = LiveTensors.Count();
        for (int i = 0; i < 5; i++)
            Train(isp, otherThread);
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Disposing_the_isp_disposes_what_it_kept_for_its_passes()
    {
        Assert.That(Left(isp => Train(isp, otherThread: true)), Is.EqualTo(Left(_ => { })));

        static long Left(Action<ParametrizedIsp> use)
        {
            long before = LiveTensors.Count();
            var isp = Create(new() { Camera = CameraParameters.RawDrone, AdditiveLayer = new(8, 8) });
            use(isp);
            isp.Dispose();
            long left = Tensor.TotalCount - before;
            GC.KeepAlive(isp);
            return left;
        }
    }

    [Test]
    public void Views_developed_by_several_threads_are_the_same()
    {
        using var isp = Create(new() { Camera = CameraParameters.RawDrone });
        double[] View(int size)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            return isp.FoldedGraph(Noise(2 * size * size, 1).view(2, size, size)).data<double>().ToArray();
        }
        double[][] expected = [View(8), View(12)];
        Parallel.For(0, 16, i => Assert.That(View(8 + i % 2 * 4), Is.EqualTo(expected[i % 2])));
    }

    private static void Train(ParametrizedIsp isp, bool otherThread)
    {
        using var scope = NewDisposeScope();
        var loss = isp.FoldedGraph(Noise(128, 1).view(2, 8, 8).requires_grad_()).sum();
        // As for a GPU: on a thread where no scope is open.
        if (otherThread)
            Task.Run(() => loss.backward()).Wait();
        else
            loss.backward();
        isp.zero_grad();
    }

    /// <summary>View and gradients, relative to the largest element of each.</summary>
    private static void Compare(ParametrizedIsp isp, Tensor raw)
    {
        var inputs = isp.parameters().Cast<Tensor>().Append(raw).Where(t => t.requires_grad).ToList();
        Tensor expected = isp.PlainGraph(raw, null), actual = isp.FoldedGraph(raw);
        var what = $"{isp.Options.Convention} {isp.Options.Camera.Cfa} [{string.Join(", ", raw.shape)}]";
        Assert.That((actual - expected).abs().max().ToDouble(), Is.Zero.Within(1e-10), what);
        var weights = Noise((int)expected.numel(), 4).view(expected.shape) - 0.4;
        var expectedGradients = autograd.grad([(expected * weights).sum()], inputs, retain_graph: true);
        var gradients = autograd.grad([(actual * weights).sum()], inputs, retain_graph: true);
        for (int i = 0; i < inputs.Count; i++)
        {
            Assert.That(gradients[i].shape, Is.EqualTo(inputs[i].shape));
            double scale = expectedGradients[i].abs().max().ToDouble();
            Assert.That((gradients[i] - expectedGradients[i]).abs().max().ToDouble(), Is.Zero.Within(1e-9 * scale), $"gradient {i} of {inputs.Count}, {what}");
        }
    }

    /// <summary>An ISP whose kernels have no symmetry left.</summary>
    private static ParametrizedIsp Create(ParametrizedIspOptions options)
    {
        var isp = new ParametrizedIsp(options, ScalarType.Float64);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        int seed = 20;
        foreach (var parameter in isp.parameters().Where(p => p.numel() > 1))
            parameter.add_((Noise((int)parameter.numel(), seed++).view(parameter.shape) - 0.5) * 0.04);
        return isp;
    }

    private static Tensor Noise(int count, int seed)
    {
        var random = new Random(seed);
        return tensor([.. Enumerable.Range(0, count).Select(_ => random.NextDouble())], dtype: ScalarType.Float64);
    }
}
