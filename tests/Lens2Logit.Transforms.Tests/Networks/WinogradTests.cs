using Lens2Logit.Networks.Winograd;
using Lens2Logit.Simd;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Networks;

/// <summary>3×3 convolutions by tiles, against torch's own in Float64.</summary>
internal sealed class WinogradTests
{
    // Images, channels, filters, height, width: whole and ragged tiles, images smaller than a tile, filters transformed in parts and at once,
    // and sums over tiles in one part and in several.
    private static readonly int[][] Shapes =
    [
        [1, 32, 32, 4, 4], [2, 32, 64, 9, 7], [3, 64, 32, 5, 14], [1, 32, 32, 2, 3], [2, 96, 32, 12, 12], [7, 64, 32, 41, 39], [1, 256, 128, 16, 20],
    ];

    private static readonly SimdWidth[] Widths = Enum.GetValues<SimdWidth>();

    [Test]
    public void Agrees_with_torch_forward_and_backward([ValueSource(nameof(Shapes))] int[] shape, [ValueSource(nameof(Widths))] SimdWidth simd)
    {
        using var scope = NewDisposeScope();
        var (images, filters, given) = Tensors(shape, ScalarType.Float32);
        AssertNear(Gradients(images, filters, given, (x, f) => WinogradConvolution.Convolve(x, f, simd)), Reference(images, filters, given), 5e-5);
    }

    [Test]
    public void Bfloat16_is_computed_in_float32_and_rounded_at_the_end([ValueSource(nameof(Widths))] SimdWidth simd)
    {
        using var scope = NewDisposeScope();
        var (images, filters, given) = Tensors([2, 64, 32, 9, 14], ScalarType.BFloat16);
        Tensor[] found = Gradients(images, filters, given, Convolve), exact = Gradients(images.to(ScalarType.Float32), filters.to(ScalarType.Float32), given.to(ScalarType.Float32), Convolve);
        foreach (var (half, single) in found.Zip(exact))
            Assert.That(half.equal(single.to(ScalarType.BFloat16)).all().ToBoolean());

        Tensor Convolve(Tensor images, Tensor filters) => WinogradConvolution.Convolve(images, filters, simd);
    }

    [Test]
    public void Bfloat16_keeps_what_is_not_a_number([ValueSource(nameof(Widths))] SimdWidth simd)
    {
        using var scope = NewDisposeScope();
        var (images, filters, _) = Tensors([1, 32, 32, 8, 8], ScalarType.BFloat16);
        images.detach()[0, 3, 2, 2] = float.NaN;
        using var noGradients = no_grad();
        var result = WinogradConvolution.Convolve(images, filters, simd).to(ScalarType.Float32);
        Assert.That(result[0, TensorIndex.Colon, 2, 2].isnan().all().ToBoolean());
    }

    [Test]
    public void The_number_of_threads_changes_no_bit([ValueSource(nameof(Shapes))] int[] shape)
    {
        using var scope = NewDisposeScope();
        var (images, filters, given) = Tensors(shape, ScalarType.Float32);
        ThreadCounts.AssertTheSame(() => Gradients(images, filters, given, (x, f) => WinogradConvolution.Convolve(x, f, SimdWidths.Widest)));
    }

    [Test]
    public void Gradients_have_gradients()
    {
        using var scope = NewDisposeScope();
        var (images, filters, given) = Tensors([2, 32, 32, 6, 7], ScalarType.Float32);
        var found = Second(images, filters, given, (x, f) => WinogradConvolution.Convolve(x, f, SimdWidths.Widest));
        var expected = Second(images.to(ScalarType.Float64), filters.to(ScalarType.Float64), given.to(ScalarType.Float64), Torch);
        AssertNear(found, expected, 1e-4);

        static Tensor[] Second(Tensor images, Tensor filters, Tensor given, Func<Tensor, Tensor, Tensor> convolve)
        {
            images = images.detach().requires_grad_();
            filters = filters.detach().requires_grad_();
            var first = autograd.grad([convolve(images, filters).square()], [images, filters], [given], retain_graph: true, create_graph: true);
            return [.. autograd.grad([first[0].square().sum() + first[1].square().sum()], [images, filters])];
        }
    }

    [Test]
    public void Only_what_is_asked_for_has_a_gradient([Values] bool ofImages)
    {
        using var scope = NewDisposeScope();
        var (images, filters, given) = Tensors([1, 32, 32, 8, 8], ScalarType.Float32);
        var asked = (ofImages ? images : filters).detach().requires_grad_();
        var result = ofImages ? WinogradConvolution.Convolve(asked, filters.detach(), SimdWidths.Widest) : WinogradConvolution.Convolve(images.detach(), asked, SimdWidths.Widest);
        result.backward([given]);
        AssertNear([asked.grad!], [Reference(images, filters, given)[ofImages ? 1 : 2]], 5e-5);
    }

    [Test]
    public void Without_gradients_nothing_is_recorded()
    {
        using var scope = NewDisposeScope();
        var (images, filters, _) = Tensors([1, 32, 32, 8, 8], ScalarType.Float32);
        Assert.That(WinogradConvolution.Convolve(images.detach(), filters.detach(), SimdWidths.Widest).requires_grad, Is.False);
    }

    private static readonly TestCaseData[] LayersForTorch =
    [
        new TestCaseData((Func<TorchSharp.Modules.Conv2d>)(() => nn.Conv2d(32, 32, 3, padding: 1, bias: true)), true).SetArgDisplayNames("bias"),
        new TestCaseData((Func<TorchSharp.Modules.Conv2d>)(() => nn.Conv2d(32, 32, 3, stride: 2, padding: 1, bias: false)), true).SetArgDisplayNames("stride"),
        new TestCaseData((Func<TorchSharp.Modules.Conv2d>)(() => nn.Conv2d(32, 32, 3, padding: 2, dilation: 2, bias: false)), true).SetArgDisplayNames("dilation"),
        new TestCaseData((Func<TorchSharp.Modules.Conv2d>)(() => nn.Conv2d(32, 32, 3, padding: 1, groups: 2, bias: false)), true).SetArgDisplayNames("groups"),
        new TestCaseData((Func<TorchSharp.Modules.Conv2d>)(() => nn.Conv2d(32, 32, 3, bias: false)), true).SetArgDisplayNames("no padding"),
        new TestCaseData((Func<TorchSharp.Modules.Conv2d>)(() => nn.Conv2d(32, 32, 3, padding: 1, padding_mode: PaddingModes.Reflect, bias: false)), true).SetArgDisplayNames("reflecting padding"),
        new TestCaseData((Func<TorchSharp.Modules.Conv2d>)(() => nn.Conv2d(32, 24, 3, padding: 1, bias: false)), true).SetArgDisplayNames("24 filters"),
        new TestCaseData((Func<TorchSharp.Modules.Conv2d>)(() => nn.Conv2d(32, 32, 1, bias: false)), true).SetArgDisplayNames("1×1"),
        new TestCaseData((Func<TorchSharp.Modules.Conv2d>)(() => nn.Conv2d(32, 32, 3, padding: 1, bias: false)), false).SetArgDisplayNames("contiguous images"),
    ];

    [TestCaseSource(nameof(LayersForTorch))]
    public void What_it_does_not_cover_torch_computes(Func<TorchSharp.Modules.Conv2d> create, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        using var layer = create();
        var images = Random(4, 32, 16, 16);
        if (!channelsLast)
            images = images.contiguous();
        Assert.That(WinogradConvolution.Apply(layer, images).equal(layer.forward(images)).all().ToBoolean());
    }

    [Test]
    public void A_layer_of_a_network_goes_through_it_where_that_pays()
    {
        if (SimdWidths.Widest == SimdWidth.Bits128)
            Assert.Ignore("Vectors of this processor are too short: torch computes everything.");
        using var scope = NewDisposeScope();
        using var layer = nn.Conv2d(32, 32, 3, padding: 1, bias: false);
        Tensor many = Random(4, 32, 16, 16), few = many[..1, .., ..8, ..8].contiguous().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        Assert.That(WinogradConvolution.Apply(layer, many).equal(WinogradConvolution.Convolve(many, layer.weight, SimdWidths.Widest)).all().ToBoolean());
        Assert.That(WinogradConvolution.Apply(layer, few).equal(layer.forward(few)).all().ToBoolean());
    }

    [Test]
    public void No_tensor_is_left_behind()
    {
        var (images, filters, given) = Tensors([2, 32, 32, 9, 9], ScalarType.Float32);
        Step();
        long before = LiveTensors.Count();
        for (int i = 0; i < 10; i++)
            Step();
        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
        foreach (var tensor in new[] { images, filters, given })
            tensor.Dispose();

        void Step()
        {
            using var scope = NewDisposeScope();
            Gradients(images, filters, given, (x, f) => WinogradConvolution.Convolve(x, f, SimdWidths.Widest));
        }
    }

    private static (Tensor Images, Tensor Filters, Tensor Given) Tensors(int[] shape, ScalarType type)
    {
        random.manual_seed(1);
        return (Random(shape[0], shape[1], shape[3], shape[4]).to(type), Random(shape[2], shape[1], 3, 3).to(type), Random(shape[0], shape[2], shape[3], shape[4]).to(type));
    }

    private static Tensor Random(long images, long channels, long height, long width) => randn(images, height, width, channels).permute(0, 3, 1, 2);

    private static Tensor Torch(Tensor images, Tensor filters) => nn.functional.conv2d(images, filters, padding: [1, 1]);

    private static Tensor[] Reference(Tensor images, Tensor filters, Tensor given) =>
        Gradients(images.to(ScalarType.Float64), filters.to(ScalarType.Float64), given.to(ScalarType.Float64), Torch);

    /// <summary>The result and the gradients of images and filters.</summary>
    private static Tensor[] Gradients(Tensor images, Tensor filters, Tensor given, Func<Tensor, Tensor, Tensor> convolve)
    {
        images = images.detach().requires_grad_();
        filters = filters.detach().requires_grad_();
        var result = convolve(images, filters);
        result.backward([given]);
        return [result.detach(), images.grad!, filters.grad!];
    }

    /// <summary>Differences relative to the largest value.</summary>
    private static void AssertNear(Tensor[] found, Tensor[] expected, double tolerance)
    {
        foreach (var (actual, wanted) in found.Zip(expected))
        {
            Assert.That(actual.shape, Is.EqualTo(wanted.shape));
            double largest = wanted.abs().max().ToDouble();
            Assert.That((actual.to(ScalarType.Float64) - wanted).abs().max().ToDouble() / largest, Is.InRange(0, tolerance));
        }
    }
}
