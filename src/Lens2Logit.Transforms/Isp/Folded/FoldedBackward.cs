using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>The backward pass of <see cref="FoldedForward"/>: it goes back through the stages as far as a gradient is wanted.</summary>
internal static class FoldedBackward
{
    /// <summary>The gradients of the raw images, the seven weights and the additive layer; null for those that want none.</summary>
    /// <param name="plan">The constants of the forward pass.</param>
    /// <param name="convention">The ISP's convention.</param>
    /// <param name="saved">Raw images, weights, additive layer, and what the forward pass made, in the order of <see cref="FoldedDevelopment"/>.</param>
    /// <param name="given">The gradient of the view [N, 3, H, W].</param>
    public static Tensor?[] Gradients(FoldedPlan plan, IspConvention convention, List<Tensor> saved, Tensor given)
    {
        Tensor raw = saved[0], blackLevel = saved[1], demosaicing = saved[2], whiteBalance = saved[3], colorMatrix = saved[4];
        Tensor sharpening = saved[5], blur = saved[6], gamma = saved[7], additive = saved[8];
        Tensor columns = saved[9], luma = saved[10], sharpened = saved[11], linear = saved[12], view = saved[13];
        bool ofMosaic = raw.requires_grad || blackLevel.requires_grad;
        bool ofKernels = demosaicing.requires_grad || whiteBalance.requires_grad || colorMatrix.requires_grad;
        Tensor? rawGradient = null, blackLevelGradient = null, sharpeningGradient = null, blurGradient = null;
        Tensor? demosaicingGradient = null, whiteBalanceGradient = null, colorMatrixGradient = null;

        // What goes on from gamma is γ times the gradient: all that follows is linear, and a few weights are divided sooner than images.
        var (ofLinear, ofGamma) = ClippedPower.Gradients(given.contiguous(), linear, view, gamma, convention);
        var ofBlurred = ofLinear.sum(dim: 1, keepdim: true);
        if (blur.requires_grad)
            blurGradient = plan.Blur.KernelGradient(ofBlurred, sharpened).div_(gamma);
        if (sharpening.requires_grad || ofMosaic || ofKernels)
        {
            var ofSharpened = plan.Blur.PlaneGradient(ofBlurred, blur);
            if (sharpening.requires_grad)
                sharpeningGradient = plan.Sharpening.KernelGradient(ofSharpened, luma).div_(gamma);
            if (ofMosaic || ofKernels)
                Demosaicing(plan.Sharpening.PlaneGradient(ofSharpened, sharpening));
        }
        return
        [
            rawGradient, blackLevelGradient, demosaicingGradient, whiteBalanceGradient, colorMatrixGradient, sharpeningGradient, blurGradient,
            gamma.requires_grad ? ofGamma : null,
            additive is { requires_grad: true } ? given.sum(dim: 0, keepdim: true) : null,
        ];

        void Demosaicing(Tensor ofLuma)
        {
            var tiles = plan.Demosaicing.Tiles;
            var ofChannels = OfChannels(tiles, ofLinear, ofLuma);
            var balanced = colorMatrix * whiteBalance;
            if (ofMosaic)
            {
                var weights = FoldedForward.Weights(plan, balanced, demosaicing).div_(gamma);
                rawGradient = raw.requires_grad ? plan.Demosaicing.PixelGradient(ofChannels, weights).view(raw.shape) : null;
                blackLevelGradient = blackLevel.requires_grad ? plan.Demosaicing.BlackLevelGradient(ofChannels, weights) : null;
            }
            if (ofKernels)
            {
                var ofColors = plan.Channels.t().mm(plan.Demosaicing.KernelGradient(ofChannels, columns)).div_(gamma);
                var ofBalanced = ofColors.mm(demosaicing.view(3, -1).t());
                demosaicingGradient = demosaicing.requires_grad ? balanced.t().mm(ofColors).view(demosaicing.shape) : null;
                whiteBalanceGradient = whiteBalance.requires_grad ? (ofBalanced * colorMatrix).sum(dim: 0) : null;
                colorMatrixGradient = colorMatrix.requires_grad ? ofBalanced * whiteBalance : null;
            }
        }
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
}
