using Lens2Logit.Networks.Normalization;
using Lens2Logit.Simd;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Networks;

/// <summary>Batch normalisation with shortcut and ReLU in one node, against torch's operations in Float64.</summary>
internal sealed class FusedBatchNormTests
{
    // Images, channels, height, width: parts of one and of several pixels, one part and several, whole and ragged.
    private static readonly int[][] Shapes = [[2, 32, 1, 1], [2, 32, 3, 5], [3, 96, 7, 9], [5, 64, 33, 31], [1, 2048, 9, 5]];

    private static readonly SimdWidth[] Widths = Enum.GetValues<SimdWidth>();

    [Test]
    public void Agrees_with_torch_forward_and_backward(
        [ValueSource(nameof(Shapes))] int[] shape, [ValueSource(nameof(Widths))] SimdWidth simd, [Values] bool trains, [Values] bool withShortcut, [Values] bool rectifies)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs.Random(shape, withShortcut);
        using BatchNorm2d layer = Layer(shape[1], trains), exact = Layer(shape[1], trains, ScalarType.Float64);
        var found = Gradients(layer, inputs, (x, s) => FusedBatchNorm.Normalize(layer, x, s, rectifies, simd));
        var expected = Gradients(exact, inputs.To(ScalarType.Float64), (x, s) => Plain(exact, x, s, rectifies));
        AssertNear(found, expected, 2e-5);
        AssertNear([layer.running_mean!, layer.running_var!], [exact.running_mean!, exact.running_var!], 1e-6);
        Assert.That(layer.num_batches_tracked!.ToInt64(), Is.EqualTo(trains ? 1 : 0));
    }

    [Test]
    public void Statistics_are_exact_far_from_zero([ValueSource(nameof(Widths))] SimdWidth simd)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs.Random([4, 32, 40, 41], withShortcut: false);
        inputs = inputs with { Images = inputs.Images + 3000 };
        using BatchNorm2d layer = Layer(32, trains: true), exact = Layer(32, trains: true, ScalarType.Float64);
        var found = Gradients(layer, inputs, (x, s) => FusedBatchNorm.Normalize(layer, x, s, rectifies: false, simd));
        var expected = Gradients(exact, inputs.To(ScalarType.Float64), (x, s) => Plain(exact, x, s, rectifies: false));
        AssertNear(found, expected, 1e-3);
        AssertNear([layer.running_mean!, layer.running_var!], [exact.running_mean!, exact.running_var!], 1e-5);
    }

    [Test]
    public void Bfloat16_is_computed_in_float32_and_rounded_at_the_end([ValueSource(nameof(Widths))] SimdWidth simd, [Values] bool withShortcut)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs.Random([2, 64, 9, 14], withShortcut).To(ScalarType.BFloat16);
        using BatchNorm2d layer = Layer(64, trains: true), twin = Layer(64, trains: true);
        Tensor[] half = Gradients(layer, inputs, (x, s) => FusedBatchNorm.Normalize(layer, x, s, rectifies: true, simd));
        Tensor[] single = Gradients(twin, inputs.To(ScalarType.Float32), (x, s) => FusedBatchNorm.Normalize(twin, x, s, rectifies: true, simd));
        foreach (var (rounded, whole) in half.Zip(single))
            AssertNear([rounded], [whole], rounded.dtype == ScalarType.BFloat16 ? 1.0 / 256 : 1e-5);
        Assert.That(half[0].dtype, Is.EqualTo(ScalarType.BFloat16));
        Assert.That(half[0].equal(single[0].to(ScalarType.BFloat16)).all().ToBoolean());
    }

    [Test]
    public void What_is_no_number_stays_so([ValueSource(nameof(Widths))] SimdWidth simd, [Values(ScalarType.Float32, ScalarType.BFloat16)] ScalarType type, [Values] bool withShortcut)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs.Random([2, 32, 8, 8], withShortcut).To(type);
        inputs.Images[0, 3, 2, 2] = float.NaN;
        using var layer = Layer(32, trains: false);
        var found = Gradients(layer, inputs, (x, s) => FusedBatchNorm.Normalize(layer, x, s, rectifies: true, simd));
        Assert.That(found[0].isnan().sum().item<long>(), Is.EqualTo(1));
        Assert.That(found[0][0, 3, 2, 2].isnan().ToBoolean());
        layer.train();
        found = Gradients(layer, inputs, (x, s) => FusedBatchNorm.Normalize(layer, x, s, rectifies: true, simd));
        Assert.That(found[0][TensorIndex.Colon, 3].isnan().all().ToBoolean(), "the batch's own mean is no number");
        Assert.That(found[1][TensorIndex.Colon, 3].isnan().all().ToBoolean());
    }

    [Test]
    public void The_number_of_threads_changes_no_bit([ValueSource(nameof(Shapes))] int[] shape)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs.Random(shape, withShortcut: true);
        ThreadCounts.AssertTheSame(() =>
        {
            using var layer = Layer(shape[1], trains: true);
            return Gradients(layer, inputs, (x, s) => FusedBatchNorm.Normalize(layer, x, s, rectifies: true, SimdWidths.Widest));
        });
    }

    [Test]
    public void Gradients_have_gradients([Values] bool trains, [Values] bool withShortcut)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs.Random([2, 32, 4, 5], withShortcut);
        using BatchNorm2d layer = Layer(32, trains), exact = Layer(32, trains, ScalarType.Float64);
        var found = Second(layer, inputs, (x, s) => FusedBatchNorm.Normalize(layer, x, s, rectifies: true, SimdWidths.Widest));
        var expected = Second(exact, inputs.To(ScalarType.Float64), (x, s) => Plain(exact, x, s, rectifies: true));
        AssertNear(found, expected, 1e-4);

        static Tensor[] Second(BatchNorm2d layer, Inputs inputs, Func<Tensor, Tensor?, Tensor> normalize)
        {
            var images = inputs.Images.detach().requires_grad_();
            Tensor[] learnt = [images, layer.weight];
            var first = autograd.grad([normalize(images, inputs.Shortcut).square()], learnt, [inputs.Given], retain_graph: true, create_graph: true);
            return [.. autograd.grad([first[0].square().sum() + first[1].square().sum()], learnt)];
        }
    }

    [Test]
    public void Only_what_is_asked_for_has_a_gradient([Range(0, 3)] int asked)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs.Random([2, 32, 6, 6], withShortcut: true);
        using var layer = Layer(32, trains: true);
        var all = Gradients(layer, inputs, (x, s) => FusedBatchNorm.Normalize(layer, x, s, rectifies: true, SimdWidths.Widest));
        Tensor images = inputs.Images.detach(), shortcut = inputs.Shortcut!.detach();
        Tensor[] candidates = [images, layer.weight, layer.bias!, shortcut];
        for (int i = 0; i < candidates.Length; i++)
        {
            candidates[i].requires_grad_(i == asked);
            candidates[i].grad = null;
        }
        FusedBatchNorm.Normalize(layer, images, shortcut, rectifies: true, SimdWidths.Widest).backward([inputs.Given]);
        for (int i = 0; i < candidates.Length; i++)
            Assert.That(candidates[i].grad, i == asked ? Is.Not.Null : Is.Null);
        Assert.That(candidates[asked].grad!.equal(all[asked + 1]).all().ToBoolean());
    }

    [Test]
    public void Without_gradients_nothing_is_recorded()
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(32, trains: true);
        using var noGradients = no_grad();
        Assert.That(FusedBatchNorm.Normalize(layer, Inputs.Random([2, 32, 4, 4], false).Images, null, rectifies: true, SimdWidths.Widest).requires_grad, Is.False);
    }

    private static readonly TestCaseData[] LayersForTorch =
    [
        new TestCaseData((Func<BatchNorm2d>)(() => nn.BatchNorm2d(32, affine: false)), true).SetArgDisplayNames("without weights"),
        new TestCaseData((Func<BatchNorm2d>)(() => nn.BatchNorm2d(32, track_running_stats: false)), true).SetArgDisplayNames("without running statistics"),
        new TestCaseData((Func<BatchNorm2d>)(() => nn.BatchNorm2d(24)), true).SetArgDisplayNames("24 channels"),
        new TestCaseData((Func<BatchNorm2d>)(() => nn.BatchNorm2d(32)), false).SetArgDisplayNames("contiguous images"),
        new TestCaseData((Func<BatchNorm2d>)(() => nn.BatchNorm2d(32, dtype: ScalarType.Float64)), true).SetArgDisplayNames("Float64"),
    ];

    [TestCaseSource(nameof(LayersForTorch))]
    public void What_it_does_not_cover_torch_computes(Func<BatchNorm2d> create, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        using BatchNorm2d layer = create(), twin = create();
        random.manual_seed(1);
        var images = randn(2, 8, 8, layer.num_features, dtype: layer.running_mean?.dtype).permute(0, 3, 1, 2);
        if (!channelsLast)
            images = images.contiguous();
        Assert.That(FusedBatchNorm.Apply(layer, images, images).equal(Plain(twin, images, images, rectifies: true)).all().ToBoolean());
    }

    [Test]
    public void No_tensor_is_left_behind()
    {
        var (images, shortcut, given) = Inputs.Random([2, 32, 9, 9], withShortcut: true);
        var inputs = new Inputs(images, shortcut, given);
        using var layer = Layer(32, trains: true);
        Step();
        long before = LiveTensors.Count();
        for (int i = 0; i < 10; i++)
            Step();
        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
        foreach (var tensor in new[] { images, shortcut!, given })
            tensor.Dispose();

        void Step()
        {
            using var scope = NewDisposeScope();
            Gradients(layer, inputs, (x, s) => FusedBatchNorm.Normalize(layer, x, s, rectifies: true, SimdWidths.Widest));
        }
    }

    private static BatchNorm2d Layer(int channels, bool trains, ScalarType type = ScalarType.Float32)
    {
        using var noGradients = no_grad();
        random.manual_seed(2);
        var layer = nn.BatchNorm2d(channels, dtype: type);
        foreach (var tensor in new[] { layer.weight, layer.bias!, layer.running_mean!, layer.running_var! })
        {
            using var values = rand(channels);
            tensor.copy_(values.add_(0.5));
        }
        layer.train(trains);
        return layer;
    }

    private static Tensor Plain(BatchNorm2d layer, Tensor images, Tensor? shortcut, bool rectifies)
    {
        var result = layer.forward(images);
        if (shortcut is not null)
            result = result + shortcut;
        return rectifies ? nn.functional.relu(result) : result;
    }

    /// <summary>The result and the gradients of images, weight, bias and shortcut.</summary>
    private static Tensor[] Gradients(BatchNorm2d layer, Inputs inputs, Func<Tensor, Tensor?, Tensor> normalize)
    {
        var images = inputs.Images.detach().requires_grad_();
        var shortcut = inputs.Shortcut?.detach().requires_grad_();
        layer.zero_grad();
        layer.weight.grad = null;
        layer.bias!.grad = null;
        var result = normalize(images, shortcut);
        result.backward([inputs.Given]);
        Tensor[] gradients = [result.detach(), images.grad!, layer.weight.grad!.clone(), layer.bias!.grad!.clone()];
        return shortcut is null ? gradients : [.. gradients, shortcut.grad!];
    }

    /// <summary>Differences relative to the largest value.</summary>
    private static void AssertNear(Tensor[] found, Tensor[] expected, double tolerance)
    {
        foreach (var (actual, wanted) in found.Zip(expected))
        {
            Assert.That(actual.shape, Is.EqualTo(wanted.shape));
            double largest = wanted.abs().max().ToDouble();
            Assert.That((actual.to(ScalarType.Float64) - wanted).abs().max().ToDouble(), Is.InRange(0, tolerance * largest));
        }
    }

    private sealed record Inputs(Tensor Images, Tensor? Shortcut, Tensor Given)
    {
        public static Inputs Random(int[] shape, bool withShortcut)
        {
            random.manual_seed(1);
            return new(Next(), withShortcut ? Next() : null, Next());

            Tensor Next() => randn(shape[0], shape[2], shape[3], shape[1]).permute(0, 3, 1, 2);
        }

        public Inputs To(ScalarType type) => new(Images.to(type), Shortcut?.to(type), Given.to(type));
    }
}
