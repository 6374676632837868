using Lens2Logit.Losses;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>Dice loss of logits [N, 1, H, W] with masks [N, H, W], and the intersection over union of the whole set.</summary>
/// <param name="threshold">Probability above which a pixel counts as predicted.</param>
internal sealed class SegmentationTask(double threshold) : TrainingTask
{
    public override string MetricName => "IoU";

    public override string Description => FormattableString.Invariant($"Dice, IoU at {threshold}");

    public override Tensor Loss(Tensor output, Tensor target) => DiceLoss.FromLogits(output, target);

    public override IMetric NewMetric() => new OverSet(new(threshold));

    private sealed class OverSet(IntersectionOverUnion union) : IMetric
    {
        public double Value => union.OverSet;

        public void Add(Tensor output, Tensor target) => union.Add(output, target);
    }
}
