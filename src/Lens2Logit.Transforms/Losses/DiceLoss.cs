using static TorchSharp.torch;

namespace Lens2Logit.Losses;

/// <summary>
/// One minus the Dice coefficient of a binary mask, over the whole batch: 1 − 2·Σpt / max(Σp + Σt, 1e-7) with p = sigmoid(logit).
/// </summary>
/// <remarks>
/// A batch whose target is empty gives 0 and no gradient, since no overlap can be asked of it. Source: <c>DiceLoss(mode="binary",
/// from_logits=True)</c> of segmentation-models-pytorch 0.2.0, which the paper trains with.
/// </remarks>
public static class DiceLoss
{
    private const double Floor = 1e-7;

    /// <summary>The loss of logits.</summary>
    /// <param name="logits">[N, 1, H, W] or [N, H, W], floating point.</param>
    /// <param name="target">[N, H, W] or [N, 1, H, W], of 0 and 1, any type.</param>
    /// <returns>A scalar in [0, 1].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor FromLogits(Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        var (prediction, mask) = LossGuard.Masks(logits, target);
        mask = mask.to(prediction.dtype);
        // The logarithm first: exp(log sigmoid) has a gradient where sigmoid has long been rounded to 1.
        var probability = nn.functional.logsigmoid(prediction).exp();
        var total = mask.sum();
        var overlap = (probability * mask).sum();
        var cardinality = (probability.sum() + total).clamp(min: Floor);
        var present = (total > 0).to(prediction.dtype);
        return ((1 - 2 * overlap / cardinality) * present).MoveToOuterDisposeScope();
    }
}
