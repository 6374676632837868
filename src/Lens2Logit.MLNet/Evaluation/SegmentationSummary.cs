using Lens2Logit.Plots;

namespace Lens2Logit.MLNet.Evaluation;

/// <summary>The metrics of a segmentation model over the splits of a cross-validation: mean and standard deviation.</summary>
public sealed record SegmentationSummary
{
    /// <summary>See <see cref="SegmentationMetrics.IntersectionOverUnion"/>.</summary>
    public required Spread IntersectionOverUnion { get; init; }

    /// <summary>See <see cref="SegmentationMetrics.MeanIntersectionOverUnion"/>.</summary>
    public required Spread MeanIntersectionOverUnion { get; init; }

    /// <summary>See <see cref="SegmentationMetrics.Dice"/>.</summary>
    public required Spread Dice { get; init; }

    /// <summary>See <see cref="SegmentationMetrics.Precision"/>.</summary>
    public required Spread Precision { get; init; }

    /// <summary>See <see cref="SegmentationMetrics.Recall"/>.</summary>
    public required Spread Recall { get; init; }

    /// <summary>Summarises the metrics of all splits.</summary>
    /// <param name="metrics">What <c>Segmentation().Evaluate</c> gave, once per split.</param>
    /// <exception cref="ArgumentException">There are no metrics.</exception>
    public static SegmentationSummary Of(IReadOnlyList<SegmentationMetrics> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (metrics.Count == 0)
            throw new ArgumentException("There are no metrics to summarise.", nameof(metrics));
        return new()
        {
            IntersectionOverUnion = Spread.Of(metrics.Select(m => m.IntersectionOverUnion)),
            MeanIntersectionOverUnion = Spread.Of(metrics.Select(m => m.MeanIntersectionOverUnion)),
            Dice = Spread.Of(metrics.Select(m => m.Dice)),
            Precision = Spread.Of(metrics.Select(m => m.Precision)),
            Recall = Spread.Of(metrics.Select(m => m.Recall)),
        };
    }

    /// <summary>The metrics as a picture, with their standard deviation over the splits.</summary>
    public BarChart ToBarChart() => SpreadChart.Of("Segmentation over the splits",
        [("IoU", IntersectionOverUnion), ("mean IoU of images", MeanIntersectionOverUnion), ("Dice", Dice), ("precision", Precision), ("recall", Recall)]);
}
