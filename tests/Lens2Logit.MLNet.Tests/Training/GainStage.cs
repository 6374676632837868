using System.Runtime.CompilerServices;
using Lens2Logit.Stages;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Training;

/// <summary>A user's own stage: one learnable gain.</summary>
internal sealed class GainStage : DifferentiableStage
{
    public GainStage()
        : base("test-gain") => register_parameter("gain", new Parameter(ones(1)));

    public Parameter Gain => get_parameter("gain")!;

    public override string OptionsToJson() => "{}";

    public override int[] OutputShape(ReadOnlySpan<int> inputShape) => inputShape.ToArray();

    public override Tensor forward(Tensor input) => input * Gain;

#pragma warning disable CA2255
    [ModuleInitializer]
    internal static void Register() => StageRegistry.Register("test-gain", _ => new GainStage());
#pragma warning restore CA2255
}
