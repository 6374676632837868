namespace Lens2Logit.Isp;

/// <summary>Which borders, clip and blur kernel the parametrised ISP uses; the three belong together.</summary>
public enum IspConvention
{
    /// <summary>
    /// Those of <see cref="StaticIsp"/>: edges repeated, clip [0, 1], exact Gaussian. With its initial parameters the parametrised
    /// ISP then equals the static one (bi, s, ga). The gradient is zero where the linear value is below 1e-5.
    /// </summary>
    Static,

    /// <summary>
    /// Those of the paper's differentiable code: mirrored borders in demosaicing and blur, clip [1e-5, 1], the blur kernel as
    /// printed there (its sum is 0.9999972). For comparison with published figures.
    /// </summary>
    Published,
}
