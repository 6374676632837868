using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Losses;

/// <summary>
/// Intersection over union of binary masks, the metric of segmentation: 1 when prediction and target cover the same pixels, 0 when they
/// share none. Collects batches of a set.
/// </summary>
/// <remarks>
/// <see cref="OverSet"/> counts pixels over all batches and does not depend on how the set is cut into batches; <see cref="MeanOfBatches"/>
/// averages the value of each batch, as the paper's code does. (I + ε)/(U + ε) with ε = 1e-7, so two empty masks score 1. Source: <c>IoU</c> of
/// segmentation-models-pytorch 0.2.0. Not thread safe.
/// </remarks>
public sealed class IntersectionOverUnion
{
    private const double Epsilon = 1e-7;

    private readonly double _logitThreshold;
    private double _intersection, _union, _sumOfBatches;

    /// <summary>Starts an empty collection.</summary>
    /// <param name="threshold">Probability above which a pixel counts as predicted, in (0, 1). Default 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is outside its range.</exception>
    public IntersectionOverUnion(double threshold = 0.5)
    {
        if (!(threshold > 0 && threshold < 1))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "Expected a probability between 0 and 1, both excluded.");
        _logitThreshold = Math.Log(threshold / (1 - threshold));
    }

    /// <summary>How many batches were added.</summary>
    public int Batches { get; private set; }

    /// <summary>The value over all pixels of all batches; NaN before the first.</summary>
    public double OverSet => Batches == 0 ? double.NaN : Ratio(_intersection, _union);

    /// <summary>The mean of the batches' own values; NaN before the first.</summary>
    public double MeanOfBatches => _sumOfBatches / Batches;

    /// <summary>Adds a batch.</summary>
    /// <param name="logits">[N, 1, H, W] or [N, H, W].</param>
    /// <param name="target">[N, H, W] or [N, 1, H, W], of 0 and 1, any type.</param>
    /// <returns>The value of this batch alone.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public double Add(Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (prediction, mask) = LossGuard.Masks(logits, target);
        var predicted = prediction > _logitThreshold;
        var wanted = mask != 0;
        double intersection = predicted.logical_and(wanted).sum().ToInt64();
        double union = predicted.logical_or(wanted).sum().ToInt64();
        double value = Ratio(intersection, union);
        _intersection += intersection;
        _union += union;
        _sumOfBatches += value;
        Batches++;
        return value;
    }

    internal static double Ratio(double intersection, double union) => (intersection + Epsilon) / (union + Epsilon);
}
