using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>Clip and gamma v^(1/γ), and their gradients, in few passes over memory.</summary>
internal static class ClippedPower
{
    /// <summary>The view of linear values; the values are overwritten where they are not needed any more.</summary>
    public static Tensor View(Tensor linear, Tensor gamma, IspConvention convention, bool overwrite)
    {
        var floor = convention == IspConvention.Published ? KeptScalars.Floor : KeptScalars.Zero;
        return (overwrite ? linear.clamp_(floor, KeptScalars.One) : linear.clamp(floor, KeptScalars.One)).pow_(gamma.reciprocal());
    }

    /// <summary>The gradient of the linear values times γ, and the gradient of γ [1].</summary>
    public static (Tensor Linear, Tensor Gamma) Gradients(Tensor given, Tensor linear, Tensor view, Tensor gamma, IspConvention convention)
    {
        var clipped = linear.clamp(KeptScalars.Floor, KeptScalars.One);
        var outside = linear.ne(clipped);
        var weighted = given * view;
        // d v^(1/γ) / dγ = −ln(v) v^(1/γ) / γ². Above 1 the logarithm is zero; below the floor only the published code has a gradient.
        if (convention == IspConvention.Static)
            weighted.masked_fill_(outside, KeptScalars.Zero);
        var ofGamma = weighted.view(-1).dot(clipped.log().view(-1)).view(1).div_(gamma.square()).neg_();
        if (convention == IspConvention.Published)
            weighted.masked_fill_(outside, KeptScalars.Zero);
        return (weighted.div_(clipped), ofGamma);
    }
}
