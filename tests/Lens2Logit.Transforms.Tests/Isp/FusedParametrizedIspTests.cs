using Lens2Logit.Isp;
using Lens2Logit.Isp.Fused.Parametrized;
using Lens2Logit.Sensors;
using Lens2Logit.Simd;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Isp;

/// <summary>
/// The fused passes of the parametrised ISP against the plain graph in double precision, for every width of vectors, with weights that
/// have no symmetry: a tap or a border taken for another shows.
/// </summary>
public class FusedParametrizedIspTests
{
    [Test]
    public void Output_and_all_gradients_equal_the_plain_graph_at_any_size([Values(128, 256, 512)] int bits, [Values] IspConvention convention, [BayerPatterns] CfaPattern pattern)
    {
        foreach (var (height, columns) in new[] { (4, 4), (4, 5), (5, 4), (6, 7), (7, 16), (9, 17), (16, 15), (18, 33), (33, 40) })
            Compare(bits, new() { Camera = CameraParameters.RawDrone with { Cfa = pattern }, Convention = convention, AdditiveLayer = new(height, columns) }, height, columns);
    }

    [Test]
    public void Batch_statistics_are_part_of_the_passes([Values(128, 256, 512)] int bits, [Values] IspConvention convention, [Values] bool training, [Values] bool additive) =>
        Compare(bits, new() { Camera = CameraParameters.RawDrone, Convention = convention, BatchNorm = true, AdditiveLayer = additive ? new(21, 35) : null }, 21, 35, training);

    [Test]
    public void Gamma_near_one_and_beyond_the_polynomial_keeps_the_precision([Values(0.05, 0.5, 1, 1.8, 5)] double gamma) =>
        Compare(512, new() { Camera = CameraParameters.RawDrone, Gamma = gamma }, 12, 20);

    [Test]
    public void Bands_of_a_tall_image_add_up([Values(128, 256, 512)] int bits, [Values] bool batchNorm) =>
        Compare(bits, new() { Camera = CameraParameters.RawDrone, BatchNorm = batchNorm }, 600, 18, images: 1);

    [Test]
    public void Any_number_of_threads_gives_the_same_bits([Values] bool batchNorm)
    {
        int before = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = Results();
            set_num_threads(3);
            Assert.That(Results(), Is.EqualTo(one));
        }
        finally
        {
            set_num_threads(before);
        }

        float[] Results()
        {
            using var scope = NewDisposeScope();
            // Enough pixels for several workers, and for several bands of an image.
            const int images = 3, height = 530, width = 336;
            using var isp = Create(new() { Camera = CameraParameters.RawDrone, BatchNorm = batchNorm, AdditiveLayer = new(height, width) }, ScalarType.Float32);
            var raw = Noise(7, images, height, width).requires_grad_();
            var view = isp.forward(raw);
            (view * Noise(8, images, 3, height, width)).sum().backward();
            var all = isp.parameters().Select(p => p.grad!).Append(raw.grad!).Append(view.detach()).Concat(isp.buffers());
            return [.. all.SelectMany(t => t.to(ScalarType.Float32).contiguous().data<float>().ToArray())];
        }
    }

    /// <summary>
    /// Float32 is too coarse for the tiny step of one parameter: all elements of a variable move together, partly along its gradient and partly at
    /// random, and the loss is summed in double precision. No value comes near zero, where the slope of gamma jumps; some corners, which sharpening brightens, are clipped.
    /// </summary>
    [Test]
    public void Finite_differences_of_the_fused_forward_pass_agree_with_its_gradients(
        [Values(128, 256, 512)] int bits, [Values] bool batchNorm, [Values] IspConvention convention)
    {
        const int height = 21, width = 35;
        const double step = 4e-3;
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.Identity, BatchNorm = batchNorm, Convention = convention, AdditiveLayer = new(height, width) }, ScalarType.Float32);
        isp.Vectors = VectorWidths.Of(bits);
        var raw = (0.3 + 0.1 * Noise(5, 2, height, width)).detach().requires_grad_();
        var weights = Noise(6, 2, 3, height, width).to(ScalarType.Float64) - 0.4;
        Tensor Loss() => (isp.forward(raw).to(ScalarType.Float64) * weights).sum();
        Loss().backward();
        foreach (var (name, variable) in isp.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Append(("raw", raw)))
        {
            using var _ = no_grad();
            Tensor gradient = variable.grad!, norm = gradient.norm(), random = Noise(9, variable.shape) - 0.5;
            var direction = gradient / norm + 0.7 * random / random.norm();
            direction /= direction.norm();
            double expected = (gradient * direction).sum().ToDouble();
            variable.add_(direction, alpha: step);
            double above = Loss().ToDouble();
            variable.add_(direction, alpha: -2 * step);
            double below = Loss().ToDouble();
            variable.add_(direction, alpha: step);
            Assert.That((above - below) / (2 * step), Is.EqualTo(expected).Within(0.03 * norm.ToDouble()), name);
        }
    }

    [Test]
    public void Frozen_weights_get_no_gradient_and_do_not_disturb_the_others()
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone }, ScalarType.Float32);
        isp.Blur.requires_grad_(false);
        isp.BlackLevel.requires_grad_(false);
        isp.forward(Noise(1, 2, 8, 8)).sum().backward();
        Assert.That(isp.Blur.grad, Is.Null);
        Assert.That(isp.BlackLevel.grad, Is.Null);
        Assert.That(isp.Sharpening.grad, Is.Not.Null);
    }

    [Test]
    public void Without_anything_to_learn_the_output_has_no_graph()
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone }, ScalarType.Float32);
        foreach (var parameter in isp.parameters())
            parameter.requires_grad_(false);
        Assert.That(isp.forward(Noise(1, 1, 8, 8)).requires_grad, Is.False);
    }

    [Test]
    public void Raw_images_with_gaps_between_rows_are_read_as_they_are()
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone }, ScalarType.Float32);
        var wide = Noise(5, 2, 8, 24);
        var part = wide[.., .., 3..15];
        Assert.That(isp.forward(part).equal(isp.forward(part.contiguous())).all().ToBoolean());
    }

    [Test]
    public void A_gradient_of_another_memory_format_is_understood()
    {
        using var scope = NewDisposeScope();
        var raw = Noise(1, 2, 8, 12);
        var weights = Noise(2, 2, 3, 8, 12);
        float[] Gradient(Func<Tensor, Tensor> reorder)
        {
            using var isp = Create(new() { Camera = CameraParameters.RawDrone }, ScalarType.Float32);
            (reorder(isp.forward(raw)) * reorder(weights)).sum().backward();
            return isp.Demosaicing.grad!.flatten().data<float>().ToArray();
        }
        Assert.That(Gradient(t => t.permute(0, 2, 3, 1).contiguous()), Is.EqualTo(Gradient(t => t)).Within(1e-4));
    }

    [Test]
    public void A_pixel_that_is_not_finite_comes_out_as_the_plain_graph_has_it()
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone }, ScalarType.Float32);
        var raw = Noise(1, 1, 8, 8);
        raw[0, 4, 4] = float.NaN;
        var view = isp.forward(raw);
        isp.Vectors = null;
        Assert.That(view.isnan().equal(isp.forward(raw).isnan()).all().ToBoolean());
        Assert.That(view.isnan().any().ToBoolean());
    }

    [Test]
    public void A_gradient_of_the_gradient_equals_the_plain_graphs([Values] bool batchNorm)
    {
        using var scope = NewDisposeScope();
        float[] Penalty(SimdWidth? vectors)
        {
            using var isp = Create(new() { Camera = CameraParameters.RawDrone, BatchNorm = batchNorm }, ScalarType.Float32);
            isp.Vectors = vectors;
            var raw = (Noise(1, 2, 8, 8) * 0.3 + 0.3).detach().requires_grad_();
            var gradient = autograd.grad([(isp.forward(raw) * Noise(2, 2, 3, 8, 8)).sum()], [raw], retain_graph: true, create_graph: true)[0];
            gradient.square().mean().backward();
            return [.. isp.parameters().SelectMany(p => p.grad!.flatten().data<float>().ToArray())];
        }
        float[] plain = Penalty(null), fused = Penalty(SimdWidth.Bits256);
        float scale = plain.Max(Math.Abs);
        for (int i = 0; i < plain.Length; i++)
            Assert.That(fused[i], Is.EqualTo(plain[i]).Within(2e-4 * scale), $"element {i}");
    }

    [Test]
    public void A_weight_changed_between_the_passes_is_reported_by_the_next_forward_pass()
    {
        using var scope = NewDisposeScope();
        using var isp = Create(new() { Camera = CameraParameters.RawDrone }, ScalarType.Float32);
        var loss = isp.forward(Noise(1, 1, 8, 8)).sum();
        using (no_grad())
            isp.Gamma.add_(0.1);
        loss.backward();
        Assert.That(isp.Gamma.grad, Is.Null);
        Assert.That(() => isp.forward(Noise(1, 1, 8, 8)), Throws.InvalidOperationException.With.Message.Contains("gradients are missing"));
        Assert.That(() => isp.forward(Noise(1, 1, 8, 8)), Throws.Nothing);
    }

    [Test]
    public void Training_leaves_no_tensor_behind([Values] bool batchNorm)
    {
        using var isp = Create(new() { Camera = CameraParameters.RawDrone, BatchNorm = batchNorm, AdditiveLayer = new(8, 8) }, ScalarType.Float32);
        void Step()
        {
            using var scope = NewDisposeScope();
            isp.forward(Noise(1, 2, 8, 8).requires_grad_()).sum().backward();
            isp.zero_grad();
        }
        Step();
        long before = LiveTensors.Count();
        for (int i = 0; i < 5; i++)
            Step();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Views_developed_by_several_threads_are_the_same()
    {
        using var isp = Create(new() { Camera = CameraParameters.RawDrone, BatchNorm = true }, ScalarType.Float32);
        isp.eval();
        float[] View()
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            return isp.forward(Noise(1, 2, 24, 20)).data<float>().ToArray();
        }
        var expected = View();
        Parallel.For(0, 16, _ => Assert.That(View(), Is.EqualTo(expected)));
    }

    /// <summary>
    /// Gradients may differ from the exact ones by 1e-3 of the largest, or by twice what torch's own float32 does. At the floor gamma's slope
    /// of 240 falls to zero: an image with a value whose side float32 cannot tell is drawn again.
    /// </summary>
    private static void Compare(int bits, ParametrizedIspOptions options, int height, int columns, bool training = true, int images = 2)
    {
        using var scope = NewDisposeScope();
        using var exact = Create(options, ScalarType.Float64);
        using var fused = Create(options, ScalarType.Float32);
        using var plain = Create(options, ScalarType.Float32);
        plain.Vectors = null;
        fused.Vectors = VectorWidths.Of(bits);
        Tensor raw;
        int seed = height * 100 + columns;
        do
            raw = Noise(seed++, images, height, columns);
        while (HasDoubtfulValue(exact, raw));
        var weights = Noise(3, images, 3, height, columns) - 0.4;
        var (exactView, exactGradients) = Run(exact, ScalarType.Float64);
        var (view, gradients) = Run(fused, ScalarType.Float32);
        var (_, plainGradients) = Run(plain, ScalarType.Float32);

        var what = $"{options.Convention} {options.Camera.Cfa} {height}×{columns}, {bits} bits";
        Assert.That((view - exactView).abs().max().ToDouble(), Is.Zero.Within(options.BatchNorm ? 4e-4 : 4e-5), $"view, {what}");
        foreach (var (name, expected) in exactGradients)
        {
            double tolerance = Math.Max(1e-3 * expected.abs().max().ToDouble() + 1e-6, 2 * (plainGradients[name] - expected).abs().max().ToDouble());
            Assert.That((gradients[name] - expected).abs().max().ToDouble(), Is.Zero.Within(tolerance), $"gradient of {name}, {what}");
        }
        foreach (var (name, expected) in exact.named_buffers())
            Assert.That((fused.get_buffer(name)!.to(ScalarType.Float64) - expected).abs().max().ToDouble(), Is.Zero.Within(1e-5), name);

        (Tensor View, Dictionary<string, Tensor> Gradients) Run(ParametrizedIsp isp, ScalarType type)
        {
            using (no_grad())
                isp.forward(raw.to(type));
            isp.train(training);
            var input = raw.to(type).detach().requires_grad_();
            var output = isp.forward(input);
            Assert.That(output.dtype, Is.EqualTo(type));
            (output * weights.to(type)).sum().backward();
            var gradients = isp.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!);
            gradients.Add("raw", input.grad!);
            return (output.detach(), gradients);
        }
    }

    private static bool HasDoubtfulValue(ParametrizedIsp exact, Tensor raw)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var stages = new Dictionary<string, Tensor>();
        exact.PlainGraph(raw.to(ScalarType.Float64), stages);
        var linear = stages["blurred"];
        return (((linear > 0) & (linear < 1e-4)) | ((linear - 1).abs() < 1e-6)).any().ToBoolean();
    }

    /// <summary>An ISP whose kernels have no symmetry left.</summary>
    private static ParametrizedIsp Create(ParametrizedIspOptions options, ScalarType type)
    {
        var isp = new ParametrizedIsp(options, type);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        int seed = 20;
        foreach (var parameter in new[] { isp.Demosaicing, isp.ColorMatrix, isp.WhiteBalance, isp.Sharpening, isp.Blur, isp.BlackLevel })
            parameter.add_((Noise(seed++, [.. parameter.shape]).to(type) - 0.5) * 0.04);
        isp.Additive?.add_((Noise(seed, [.. isp.Additive.shape]).to(type) - 0.5) * 0.1);
        return isp;
    }

    /// <summary>Numbers in [0, 1), the same in both precisions.</summary>
    private static Tensor Noise(int seed, params long[] shape)
    {
        var random = new Random(seed);
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++)
            values[i] = random.NextSingle();
        return tensor(values).view(shape);
    }
}
