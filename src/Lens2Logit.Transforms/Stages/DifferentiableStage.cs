using Lens2Logit.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Stages;

/// <summary>
/// A step between scene and network that gradients pass through: a torch module with a registered kind and options, so that it can
/// be rebuilt from text and weights alone. Derive from it to bring your own.
/// </summary>
/// <remarks>
/// <see cref="nn.Module{T1, TResult}.forward"/> takes a batch and must not change it; it must be safe to call from several threads in
/// eval mode. All state (parameters and buffers) must appear in the module's state dictionary.
/// </remarks>
public abstract class DifferentiableStage : nn.Module<Tensor, Tensor>
{
    /// <summary>Creates the stage.</summary>
    /// <param name="kind">The name under which a factory of it is registered with <see cref="StageRegistry"/>.</param>
    protected DifferentiableStage(string kind)
        : base(TorchNative.LoadedFor(kind)) => Kind = kind;

    /// <summary>The name under which a factory of this stage is registered.</summary>
    public string Kind { get; }

    /// <summary>Everything but the weights that is needed to build the stage again, as JSON.</summary>
    public abstract string OptionsToJson();

    /// <summary>The shape of an output for one input, both without the batch dimension: for example [H, W] → [3, H, W].</summary>
    /// <param name="inputShape">Dimensions of one input.</param>
    /// <exception cref="ArgumentException">The stage cannot take such an input; the message says what it expects.</exception>
    public abstract int[] OutputShape(ReadOnlySpan<int> inputShape);
}
