using Lens2Logit.MLNet.Evaluation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Evaluation;

/// <summary>Metrics over the splits of a cross-validation, against counts made by hand.</summary>
public class SummaryTests
{
    private readonly MLContext _ml = SmallData.Context();

    [Test]
    public void Means_and_deviations_per_class_and_one_confusion_matrix()
    {
        // Actual, predicted. Split 1: a as a twice, a as b, b as b. Split 2: a as a, b as b, b as a, b as b.
        var summary = ClassificationSummary.Of([Metrics("aa aa ab bb"), Metrics("aa bb ba bb")], ["a", "b"]);
        Assert.That(summary.Accuracy, Is.EqualTo(new Spread(0.75, 0, 2)));
        Assert.That((summary[0, 0], summary[0, 1], summary[1, 0], summary[1, 1]), Is.EqualTo((3, 1, 1, 3)));
        Assert.That(summary.Classes[0].Precision.Mean, Is.EqualTo((1 + 0.5) / 2).Within(1e-9));
        Assert.That(summary.Classes[0].Precision.StandardDeviation, Is.EqualTo(Math.Sqrt(0.125)).Within(1e-9));
        Assert.That(summary.Classes[0].Recall.Mean, Is.EqualTo((2.0 / 3 + 1) / 2).Within(1e-9));
        Assert.That(summary.Classes[0].F1.Mean, Is.EqualTo((0.8 + 2.0 / 3) / 2).Within(1e-9));
        Assert.That(summary.Classes.Select(c => c.Rows), Is.EqualTo(new[] { 4, 4 }));
        Assert.That(summary.ToHeatMap().Values, Is.EqualTo(new[,] { { 0.75, 0.25 }, { 0.25, 0.75 } }));
        Assert.That(summary.ToHeatMap().ToPng(), Has.Length.GreaterThan(1000));
        Assert.That(summary.ToBarChart().Spread, Is.EqualTo(summary.Classes.Select(c => c.F1.StandardDeviation)));
        Assert.That(summary.ToBarChart().ToPng(), Has.Length.GreaterThan(1000));
    }

    [Test]
    public void A_chart_leaves_out_what_is_undefined()
    {
        // One split, in which nothing is a, or predicted as it.
        var chart = ClassificationSummary.Of([Metrics("bb bb")], ["a", "b"]).ToBarChart();
        Assert.That(chart.Labels, Is.EqualTo(new[] { "b" }));
        Assert.That(chart.Spread, Is.Null);
        Assert.That(chart.ToPng(), Has.Length.GreaterThan(1000));
    }

    [Test]
    public void A_single_split_has_no_deviation_and_what_is_undefined_is_left_out()
    {
        Assert.That(Spread.Of([2]), Is.EqualTo(new Spread(2, double.NaN, 1)));
        Assert.That(Spread.Of([1, double.NaN, 3]).Mean, Is.EqualTo(2));
        Assert.That(Spread.Of([0.9, 0.924]).ToString(), Is.EqualTo("0.912 ± 0.017"));
        Assert.That(Spread.Of([0.9]).ToString(), Is.EqualTo("0.900"));
    }

    [Test]
    public void Summaries_need_metrics_of_those_classes()
    {
        Assert.That(() => ClassificationSummary.Of([], ["a"]), Throws.ArgumentException.With.Message.Contains("no metrics"));
        Assert.That(() => ClassificationSummary.Of([Metrics("aa bb")], ["a", "b", "c"]), Throws.ArgumentException.With.Message.Contains("3 class names").And.Message.Contains("2 classes"));
        Assert.That(() => SegmentationSummary.Of([]), Throws.ArgumentException);
    }

    [Test]
    public void The_chart_of_a_segmentation_shows_every_metric_over_the_splits()
    {
        SegmentationMetrics Split(double value) => new() { IntersectionOverUnion = value, MeanIntersectionOverUnion = value, Dice = value, Precision = value, Recall = value, PixelAccuracy = value, Images = 3 };
        var chart = SegmentationSummary.Of([Split(0.7), Split(0.9)]).ToBarChart();
        Assert.That(chart.Values, Is.All.EqualTo(0.8).Within(1e-12));
        Assert.That(chart.Spread, Is.All.EqualTo(Math.Sqrt(0.02)).Within(1e-12));
        Assert.That(chart.ToPng(), Has.Length.GreaterThan(1000));
    }

    private MulticlassClassificationMetrics Metrics(string pairs)
    {
        var data = _ml.Data.LoadFromEnumerable(pairs.Split(' ').Select(pair => new Row { Label = (uint)(pair[0] - 'a'), PredictedLabel = (uint)(pair[1] - 'a'), Score = pair[1] == 'a' ? [0.9f, 0.1f] : [0.1f, 0.9f] }));
        return _ml.MulticlassClassification.Evaluate(data);
    }

    private sealed class Row
    {
        [KeyType(2)]
        public uint Label { get; set; }

        [KeyType(2)]
        public uint PredictedLabel { get; set; }

        [VectorType(2)]
        public float[] Score { get; set; } = [];
    }
}
