using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>
/// The forward pass of the ISP in few operations, for devices on which each of them costs a launch and a pass over memory, and what its
/// backward pass needs:
/// <code>
/// raw − black level ─► columns ─► (kernels · colour matrix · white balance) ─┬─► RGB − luma ──────────────────────────┐
///                                                                           └─► luma ─► sharpened ─► blurred luma ─► + ─► linear ─► clip, gamma ─► view
/// </code>
/// </summary>
internal static class FoldedForward
{
    /// <summary>Develops a batch [N, H, W] without gradients.</summary>
    /// <param name="isp">The ISP.</param>
    /// <param name="plan">The constants for images of this size.</param>
    /// <param name="raw">The batch.</param>
    /// <param name="overwrite">Whether the linear values may be overwritten, since no backward pass follows.</param>
    public static FoldedDevelopment Develop(ParametrizedIsp isp, FoldedPlan plan, Tensor raw, bool overwrite)
    {
        var tiles = plan.Demosaicing.Tiles;
        var columns = plan.Demosaicing.Columns(raw, isp.BlackLevel);
        var weights = Weights(plan, isp.ColorMatrix * isp.WhiteBalance, isp.Demosaicing);
        var channels = tiles.Images(TiledDemosaicing.Channels(columns, weights));
        var luma = tiles.Joined(channels.narrow(1, 3, 1));
        var sharpened = plan.Sharpening.Filtered(luma, isp.Sharpening);
        // Ones only order the sum in memory: torch takes the order of the first operand that has one, here an image's, not that of tiles.
        var linear = tiles.Joined(tiles.Cut(plan.Blur.Filtered(sharpened, isp.Blur)).addcmul(plan.Ones, channels.narrow(1, 0, 3), KeptScalars.One));
        return new(columns, luma, sharpened, linear, ClippedPower.View(linear, isp.Gamma, isp.Options.Convention, overwrite));
    }

    /// <summary>The product that develops a tile, of demosaicing, the balanced colour matrix and the channels wanted.</summary>
    public static Tensor Weights(FoldedPlan plan, Tensor balanced, Tensor demosaicing) =>
        plan.Demosaicing.Weights(plan.Channels.mm(balanced).mm(demosaicing.view(3, -1)));
}
