using Lens2Logit.Augmentation;
using Lens2Logit.Isp;
using Lens2Logit.Losses;
using Lens2Logit.Networks;
using Lens2Logit.Sensors.Optics;
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
    public void Classifiers_give_the_same_output_and_gradients([Values(Architecture.ResNet18, Architecture.ResNet50, Architecture.SmallCnn)] string architecture)
    {
        using var network = NetworkRegistry.Create(architecture, new() { Classes = 3 });
        AssertSameNetwork(network);
    }

    [Test]
    public void Segmenters_give_the_same_output_and_gradients([Values(SegmentationArchitecture.UnetPlusPlus, SegmentationArchitecture.SmallUnet)] string architecture)
    {
        using var network = SegmentationNetworkRegistry.Create(architecture, new() { Classes = 1 });
        AssertSameNetwork(network);
    }

    [TestCaseSource(nameof(Pipelines))]
    public void The_parametrised_isp_gives_the_same_views_and_gradients_from_every_start(IspConfiguration start)
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone, Start = start }, ScalarType.Float64);
        AssertSame(isp, Raw(16, 18));
    }

    [Test]
    public void The_parametrised_isp_gives_the_same_with_every_option([Values] IspConvention convention, [Values] bool batchNorm, [Values] bool additive)
    {
        using var scope = NewDisposeScope();
        using var isp = new ParametrizedIsp(new()
        {
            Camera = CameraParameters.RawDrone,
            Convention = convention,
            BatchNorm = batchNorm,
            AdditiveLayer = additive ? new(16, 18) : null,
        }, ScalarType.Float64);
        AssertSame(isp, Raw(16, 18));
    }

    [Test]
    public void Training_the_parametrised_isp_leaves_no_tensor_behind()
    {
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone, BatchNorm = true });
        isp.to(CUDA);
        void Step()
        {
            using var scope = NewDisposeScope();
            isp.forward(rand(2, 16, 18, device: CUDA).requires_grad_()).square().sum().backward();
            isp.zero_grad();
        }
        Step();
        long before = LiveTensors.Count();
        for (int i = 0; i < 5; i++)
            Step();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void The_neural_isp_and_the_lens_give_the_same()
    {
        using var scope = NewDisposeScope();
        using var neural = new NeuralIsp();
        neural.to(ScalarType.Float64);
        neural.eval();
        AssertSame(neural, Raw(32, 32));
        using var lens = new Lens(new() { FNumber = 8, GaussianSigmaMicrometers = 2, DefocusRadiusMicrometers = 3 }, ScalarType.Float64);
        AssertSame(lens, rand(2, 3, 16, 18, ScalarType.Float64));
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

    private static IEnumerable<IspConfiguration> Pipelines => IspConfiguration.All;

    private static Tensor Raw(int height, int width) => rand(2, height, width, ScalarType.Float64) * 0.5 + 0.3;

    private static void AssertSameNetwork(nn.Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        network.to(ScalarType.Float64);
        network.eval();
        AssertSame(network, rand(2, 3, 64, 64, ScalarType.Float64));
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
        var results = module.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!.cpu());
        Assert.That(results, Is.Not.Empty);
        results["output"] = output.detach().cpu();
        return results;
    }

    private static void AssertClose(Tensor actual, Tensor expected, string what, double tolerance = 1e-8)
    {
        double scale = Math.Max(1, expected.abs().max().ToDouble());
        Assert.That((actual.cpu() - expected).abs().max().ToDouble(), Is.Zero.Within(tolerance * scale), what);
    }
}
