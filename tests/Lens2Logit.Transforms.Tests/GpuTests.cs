using Lens2Logit.Augmentation;
using Lens2Logit.Isp;
using Lens2Logit.Losses;
using Lens2Logit.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests;

/// <summary>What a GPU computes is what the CPU computes. In Float64, where no device shortens the factors of a product.</summary>
[Category("Gpu")]
public class GpuTests
{
    [SetUp]
    public void RequireGpu() => Cuda.Require();

    [Test]
    public void Networks_give_the_same_output_and_gradients([Values] bool segmentation)
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = segmentation ? new UnetPlusPlus() : new ResNet(18, new() { Classes = 3 });
        network.to(ScalarType.Float64);
        network.eval();
        AssertSame(network, rand(2, 3, 64, 64, ScalarType.Float64));
    }

    [Test]
    public void The_parametrised_isp_gives_the_same_views_and_gradients([Values] bool batchNorm)
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone, BatchNorm = batchNorm }, ScalarType.Float64);
        AssertSame(isp, rand(2, 16, 18, ScalarType.Float64) * 0.5 + 0.3);
    }

    [Test]
    public void Losses_and_augmentation_are_the_same()
    {
        using var scope = NewDisposeScope();
        Tensor a = rand(2, 3, 32, 32, ScalarType.Float64), b = rand(2, 3, 32, 32, ScalarType.Float64);
        AssertClose(StructuralSimilarity.Loss(a.cuda(), b.cuda()), StructuralSimilarity.Loss(a, b), "structural similarity");
        AssertClose(SquaredDistance.Sum(a.cuda(), b.cuda()), SquaredDistance.Sum(a, b), "squared distance");
        var augmenter = new Augmenter(AugmentationStrength.Strong, seed: 1);
        ulong[] keys = [7, 8];
        // Without a random number of the device: the draws follow from keys alone.
        AssertClose(augmenter.Apply(a.to(ScalarType.Float32).cuda(), keys, 3), augmenter.Apply(a.to(ScalarType.Float32), keys, 3), "augmentation", 1e-5);
    }

    private static void AssertSame(nn.Module<Tensor, Tensor> module, Tensor input)
    {
        var expected = Run(module, input, CPU);
        var actual = Run(module, input, CUDA);
        foreach (var (name, value) in expected)
            AssertClose(actual[name], value, name);
    }

    private static Dictionary<string, Tensor> Run(nn.Module<Tensor, Tensor> module, Tensor input, Device device)
    {
        module.to(device);
        module.zero_grad();
        var output = module.forward(input.to(device));
        (output * output).sum().backward();
        var results = module.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.cpu());
        results["output"] = output.detach().cpu();
        return results;
    }

    private static void AssertClose(Tensor actual, Tensor expected, string what, double tolerance = 1e-8)
    {
        double scale = Math.Max(1, expected.abs().max().ToDouble());
        Assert.That((actual.cpu() - expected).abs().max().ToDouble(), Is.LessThanOrEqualTo(tolerance * scale), what);
    }
}
