using Lens2Logit.Isp;
using Lens2Logit.Networks;
using Lens2Logit.Sensors.Differentiable;
using Lens2Logit.Sensors.Optics;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Stages;

/// <summary>Networks and stages as parts of modules of the user's own.</summary>
public class NestedModuleTests
{
    private static readonly (string Name, Func<nn.Module<Tensor, Tensor>> Create)[] Modules =
    [
        .. NetworkRegistry.Names.Select(name => (name, (Func<nn.Module<Tensor, Tensor>>)(() => NetworkRegistry.Create(name, new())))),
        .. SegmentationNetworkRegistry.Names.Select(name => (name, (Func<nn.Module<Tensor, Tensor>>)(() => SegmentationNetworkRegistry.Create(name, new())))),
        (nameof(ParametrizedIsp), () => new ParametrizedIsp(new() { BatchNorm = true, AdditiveLayer = new(8, 8) })),
        (nameof(NeuralIsp), () => new NeuralIsp()),
        (nameof(RawToRgb), () => new RawToRgb()),
        (nameof(DifferentiableMeasurement), () => new DifferentiableMeasurement()),
        (nameof(Lens), () => new Lens(new() { FNumber = 4, CornerAngleDegrees = 20 })),
    ];

    private static IEnumerable<string> Names => Modules.Select(module => module.Name);

    [TestCaseSource(nameof(Names))]
    public void A_part_of_another_module_keeps_its_state_and_its_names(string name)
    {
        using var part = Modules.Single(module => module.Name == name).Create();
        var own = part.state_dict().Keys.ToList();
        using var whole = new Whole(part);
        Assert.That(whole.state_dict().Keys, Is.EqualTo(own.Select(entry => $"part.{entry}")));
        Assert.That(part.state_dict().Keys, Is.EqualTo(own));
    }

    private sealed class Whole : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _part;

        public Whole(nn.Module<Tensor, Tensor> part)
            : base(nameof(Whole))
        {
            _part = part;
            register_module("part", part);
        }

        public override Tensor forward(Tensor input) => _part.forward(input);
    }
}
