using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>
/// The ISP up to batch normalisation as one node of torch's graph, by torch's own operations: <see cref="FoldedForward"/> and a backward pass
/// written by hand. A graph recorded operation by operation passes over the images several times as often, and the gradients of its small
/// kernels are the slowest that a GPU's library has.
/// </summary>
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
            view = isp.Additive is { } additive ? made.View + additive : made.View;
        }
        return learns ? apply([.. inputs, new Node(isp, plan, made, view)]) : view;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var node = (Node)vars[^1];
        var (made, view) = node.Take();
        ctx.save_for_backward([.. vars[..^1].Cast<Tensor>(), made.Columns, made.Luma, made.Sharpened, made.Linear, made.View]);
        ctx.save_data(State, node);
        return view;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var node = (Node)ctx.get_data(State);
        try
        {
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables();
            // A gradient of the gradient is wanted: the plain graph has it.
            var gradients = is_grad_enabled() ? PlainGradients(node.Isp, saved[..Node.Inputs], grad_output) : Gradients(node, saved, grad_output);
            foreach (var gradient in gradients)
                gradient?.MoveToOuterDisposeScope();
            node.Isp.HandedGradients.Keep(gradients);
            return [.. gradients.Append(null).Cast<Tensor>()];
        }
        catch (Exception e)
        {
            node.Isp.BackwardFailure.Keep(e);
            return [.. new Tensor[Node.Inputs + 1]];
        }
        finally
        {
            // A GPU's gradients are computed by a thread of libtorch's, where no scope of the caller's disposes what came in.
            grad_output.Dispose();
        }
    }

    private static Tensor?[] Gradients(Node node, List<Tensor> saved, Tensor given)
    {
        Tensor raw = saved[0], blackLevel = saved[1], demosaicing = saved[2], whiteBalance = saved[3], colorMatrix = saved[4];
        Tensor sharpening = saved[5], blur = saved[6], gamma = saved[7], additive = saved[8];
        Tensor columns = saved[9], luma = saved[10], sharpened = saved[11], linear = saved[12], view = saved[13];
        var plan = node.Plan;
        var gradients = new Tensor?[Node.Inputs];
        if (additive is { requires_grad: true })
            gradients[8] = given.sum(dim: 0, keepdim: true);
        // What goes on from here is the gradient times γ: it is linear, and a few weights are divided sooner than an image.
        var (ofLinear, ofGamma) = ClippedPower.Gradients(given.contiguous(), linear, view, gamma, node.Isp.Options.Convention);
        if (gamma.requires_grad)
            gradients[7] = ofGamma;

        var ofBlurred = ofLinear.sum(dim: 1, keepdim: true);
        if (blur.requires_grad)
            gradients[6] = plan.Blur.KernelGradient(ofBlurred, sharpened).div_(gamma);
        bool pixels = raw.requires_grad || blackLevel.requires_grad, kernels = new[] { demosaicing, whiteBalance, colorMatrix }.Any(t => t.requires_grad);
        if (!sharpening.requires_grad && !pixels && !kernels)
            return gradients;
        var ofSharpened = plan.Blur.PlaneGradient(ofBlurred, blur);
        if (sharpening.requires_grad)
            gradients[5] = plan.Sharpening.KernelGradient(ofSharpened, luma).div_(gamma);
        if (!pixels && !kernels)
            return gradients;

        var ofChannels = OfChannels(plan.Demosaicing.Tiles, ofLinear, plan.Sharpening.PlaneGradient(ofSharpened, sharpening));
        var balanced = colorMatrix * whiteBalance;
        if (pixels)
        {
            var weights = FoldedForward.Weights(plan, balanced, demosaicing).div_(gamma);
            // Black level is the same in every image.
            var ofPixels = plan.Demosaicing.PixelGradient(raw.requires_grad ? ofChannels : SumOfImages(plan.Demosaicing.Tiles, ofChannels), weights);
            gradients[0] = raw.requires_grad ? ofPixels.view(raw.shape) : null;
            gradients[1] = blackLevel.requires_grad ? plan.Demosaicing.BlackLevelGradient(ofPixels) : null;
        }
        if (kernels)
        {
            var ofColors = plan.Channels.t().mm(plan.Demosaicing.KernelGradient(ofChannels, columns)).div_(gamma);
            var ofBalanced = ofColors.mm(demosaicing.view(3, -1).t());
            gradients[2] = demosaicing.requires_grad ? balanced.t().mm(ofColors).view(demosaicing.shape) : null;
            gradients[3] = whiteBalance.requires_grad ? (ofBalanced * colorMatrix).sum(dim: 0) : null;
            gradients[4] = colorMatrix.requires_grad ? ofBalanced * whiteBalance : null;
        }
        return gradients;
    }

    /// <summary>The gradient of R, G and B minus luma and that of luma, in tiles.</summary>
    private static Tensor OfChannels(ImageTiles tiles, Tensor ofColors, Tensor ofLuma)
    {
        long images = ofColors.shape[0];
        var ofChannels = empty([images * tiles.Bands, 4 * tiles.Side * tiles.Side, tiles.Count], ofColors.dtype, ofColors.device);
        var channels = tiles.Images(ofChannels);
        channels.narrow(1, 0, 3).copy_(tiles.Cut(ofColors));
        channels.narrow(1, 3, 1).copy_(tiles.Cut(ofLuma));
        return ofChannels;
    }

    private static Tensor SumOfImages(ImageTiles tiles, Tensor matrices) =>
        matrices.view(-1, tiles.Bands, matrices.shape[1], matrices.shape[2]).sum(dim: 0);

    private static Tensor?[] PlainGradients(ParametrizedIsp isp, List<Tensor> inputs, Tensor given)
    {
        var view = isp.PlainGraph(inputs[0], null);
        var wanted = inputs.Where(t => t is { requires_grad: true }).ToList();
        var found = new Queue<Tensor>(autograd.grad([view], wanted, [given], retain_graph: true, create_graph: true));
        return [.. inputs.Select(t => t is { requires_grad: true } ? found.Dequeue() : null)];
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
