using System.Collections.ObjectModel;
using Lens2Logit.Native;
using Lens2Logit.Sensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Stages;

/// <summary>
/// A step between scene and network that gradients pass through: a torch module with a registered kind and options, so that it can
/// be rebuilt from text and weights alone. Derive from it to bring your own.
/// </summary>
/// <remarks>
/// <see cref="nn.Module{T1, TResult}.forward"/> takes a batch and must not change it; it must be safe to call from several threads in
/// eval mode. All state (parameters and buffers) must appear in the module's state dictionary. Moving a module to another device or
/// type replaces its registered parameters: read them with <see cref="nn.Module.get_parameter"/>, or from fields that are registered by
/// <see cref="nn.Module.RegisterComponents"/>, not from copies.
/// </remarks>
public abstract class DifferentiableStage : nn.Module<Tensor, Tensor>
{
    /// <summary>Creates the stage.</summary>
    /// <param name="kind">The name under which a factory of it is registered with <see cref="StageRegistry"/>.</param>
    protected DifferentiableStage(string kind)
        : base(TorchNative.LoadedFor(kind)) => Kind = kind;

    /// <summary>The name under which a factory of this stage is registered.</summary>
    public string Kind { get; }

    /// <summary>The colour filter array that the input must have, or null if it does not matter. Default null.</summary>
    public virtual CfaPattern? Cfa => null;

    /// <summary>Learning rates that suit single parameters better than the trainer's rate for stages, by their name. Default none.</summary>
    public virtual IReadOnlyDictionary<string, double> LearningRates => ReadOnlyDictionary<string, double>.Empty;

    /// <summary>
    /// Applies the stage to images that can be told apart: a stage that draws random numbers must draw those of an image from its key, so
    /// that they do not depend on the rest of the batch. Default: the keys do not matter.
    /// </summary>
    /// <param name="input">The batch [N, …].</param>
    /// <param name="rowKeys">N keys. A trainer gives a row another key in every epoch; where nothing is learnt the row's key stays.</param>
    public virtual Tensor forward(Tensor input, ReadOnlySpan<ulong> rowKeys) => forward(input);

    /// <summary>
    /// What it costs to use the stage with its present parameters, light for example: a differentiable scalar, which a trainer adds to its
    /// loss with a weight. Default null: nothing.
    /// </summary>
    public virtual Tensor? Penalty() => null;

    /// <summary>Everything but the weights that is needed to build the stage again, as JSON.</summary>
    public abstract string OptionsToJson();

    /// <summary>The shape of an output for one input, both without the batch dimension: for example [H, W] → [3, H, W].</summary>
    /// <param name="inputShape">Dimensions of one input.</param>
    /// <exception cref="ArgumentException">The stage cannot take such an input; the message says what it expects.</exception>
    public abstract int[] OutputShape(ReadOnlySpan<int> inputShape);

    /// <summary>Runs the stage as <see cref="nn.Module{T1, TResult}.forward"/> does, and hands back what its steps made. By default it has none.</summary>
    /// <param name="input">A batch.</param>
    /// <param name="steps">
    /// Receives images [N, C, H, W] by the names of the steps, in their order, with gradients retained where there are any; the caller owns them.
    /// </param>
    /// <returns>The stage's output.</returns>
    public virtual Tensor Trace(Tensor input, IDictionary<string, Tensor> steps) => forward(input);
}
