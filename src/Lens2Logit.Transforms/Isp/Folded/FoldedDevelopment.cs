using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>What a forward pass computed.</summary>
/// <param name="Columns">The mosaic's pixels, minus black level, as every tile sees them.</param>
/// <param name="Luma">Luma before sharpening [N, 1, H, W].</param>
/// <param name="Sharpened">Luma after it [N, 1, H, W].</param>
/// <param name="Linear">RGB before clip and gamma [N, 3, H, W].</param>
/// <param name="View">RGB after gamma [N, 3, H, W], without the additive layer.</param>
internal sealed record FoldedDevelopment(Tensor Columns, Tensor Luma, Tensor Sharpened, Tensor Linear, Tensor View);
