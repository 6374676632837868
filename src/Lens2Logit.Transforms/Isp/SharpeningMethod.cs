namespace Lens2Logit.Isp;

/// <summary>How the luma of the developed image is sharpened.</summary>
public enum SharpeningMethod
{
    /// <summary>The 3×3 filter [0 −1 0; −1 5 −1; 0 −1 0], zero beyond the border. Short name <c>s</c>.</summary>
    Filter,

    /// <summary>Unsharp mask: Y + (Y − Gaussian of σ 1 of Y). Short name <c>u</c>.</summary>
    UnsharpMask,

    /// <summary>
    /// The unsharp mask as the paper's code computes it, blurring along columns only. For comparison with published figures.
    /// Short name <c>uv</c>.
    /// </summary>
    VerticalUnsharpMask,
}
