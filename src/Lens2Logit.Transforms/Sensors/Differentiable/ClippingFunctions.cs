using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Sensors.Differentiable;

/// <summary>Limits and rounding with the gradients of <see cref="Clipping"/>.</summary>
internal static class ClippingFunctions
{
    /// <summary>min(x, limit), or x − w·softplus((x − limit)/w) written so that no large terms cancel.</summary>
    public static Tensor AtMost(this Clipping clipping, Tensor x, double limit, double softWidth) => clipping switch
    {
        Clipping.Soft => limit - (softWidth * nn.functional.softplus((limit - x) / softWidth)),
        Clipping.Hard => x.clamp_max(limit),
        _ => StraightThrough(x.clamp_max(limit), x),
    };

    /// <summary>max(x, 0), or w·softplus(x/w).</summary>
    public static Tensor AtLeastZero(this Clipping clipping, Tensor x, double softWidth) => clipping switch
    {
        Clipping.Soft => softWidth * nn.functional.softplus(x / softWidth),
        Clipping.Hard => x.clamp_min(0),
        _ => StraightThrough(x.clamp_min(0), x),
    };

    /// <summary>
    /// Rounds, ties to even, with the gradient of x. The mean of rounded noise has that gradient but for 2·exp(−2π²σ²): 1.4 % at σ = ½,
    /// 5e-9 at σ = 1 (Widrow and Kollár, <em>Quantization Noise</em>, 2008).
    /// </summary>
    public static Tensor Round(Tensor x) => StraightThrough(x.round(), x);

    // x − x is 0 exactly, so the value is the exact one whatever its size.
    private static Tensor StraightThrough(Tensor value, Tensor x) => value.detach() + (x - x.detach());
}
