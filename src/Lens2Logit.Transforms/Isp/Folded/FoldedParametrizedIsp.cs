using Lens2Logit.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>
/// The ISP up to batch normalisation as one node of torch's graph, by torch's own operations: <see cref="FoldedForward"/> and
/// <see cref="FoldedBackward"/>. A graph recorded operation by operation passes over the images several times as often, and the gradients of small
/// kernels are the slowest that a GPU's library has.
/// </summary>
/// <remarks>A raw value that is not finite spoils the pixels of its tile, some more than the kernels reach.</remarks>
internal sealed class FoldedParametrizedIsp : autograd.SingleTensorFunction<FoldedParametrizedIsp>
{
    private const string State = "development";

    /// <inheritdoc/>
    public override string Name => nameof(FoldedParametrizedIsp);

    /// <summary>Develops a batch [N, H, W], with gradients where any are wanted.</summary>
    public static Tensor Develop(ParametrizedIsp isp, FoldedPlan plan, Tensor raw)
    {
        isp.BackwardFailure.ThrowIfAny();
        Tensor[] inputs = [raw, .. isp.Weights, isp.Additive!];
        bool learns = is_grad_enabled() && inputs.Any(t => t is { requires_grad: true });
        FoldedDevelopment made;
        Tensor view;
        using (no_grad())
        {
            made = FoldedForward.Develop(isp, plan, raw, overwrite: !learns);
            view = isp.Additive is { } additive ? made.View.add(additive, KeptScalars.One) : made.View;
        }
        return learns ? apply([.. inputs, new Node(isp, plan, made, view)]) : view;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var node = (Node)vars[^1];
        var (made, view) = node.Take();
        // In the order in which the backward pass takes them.
        ctx.save_for_backward([.. vars[..^1].Cast<Tensor>(), made.Columns, made.Luma, made.Sharpened, made.Linear, made.View]);
        ctx.save_data(State, node);
        return view;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var node = (Node)ctx.get_data(State);
        // A gradient of the gradient is wanted: the plain graph has it.
        return CustomBackward.Run(ctx, grad_output, Node.Inputs, node.Isp.BackwardFailure, node.Isp.HandedGradients, saved => is_grad_enabled()
            ? RecordedGradients.Of(node.Isp.PlainGraph(saved[0], null), saved[..Node.Inputs], grad_output)
            : FoldedBackward.Gradients(node.Plan, node.Isp.Options.Convention, saved, grad_output));
    }

    /// <summary>What the backward pass has to know beside the saved tensors.</summary>
    private sealed class Node(ParametrizedIsp isp, FoldedPlan plan, FoldedDevelopment made, Tensor view)
    {
        /// <summary>Raw, seven weights, the additive layer.</summary>
        public const int Inputs = 9;

        private (FoldedDevelopment, Tensor)? _made = (made, view);

        public ParametrizedIsp Isp => isp;

        public FoldedPlan Plan => plan;

        /// <summary>What was made, once: libtorch keeps it as long as the graph.</summary>
        public (FoldedDevelopment Made, Tensor View) Take()
        {
            var taken = _made!.Value;
            _made = null;
            return taken;
        }
    }
}
