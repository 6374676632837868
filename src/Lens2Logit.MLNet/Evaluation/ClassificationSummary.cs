using Lens2Logit.Plots;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Evaluation;

/// <summary>How a class was told from the others.</summary>
/// <param name="Name">The class.</param>
/// <param name="Precision">Share of the rows predicted as this class that are of it.</param>
/// <param name="Recall">Share of the rows of this class that were predicted as it.</param>
/// <param name="F1">Harmonic mean of the two.</param>
/// <param name="Rows">Rows of this class over all splits.</param>
public sealed record ClassSummary(string Name, Spread Precision, Spread Recall, Spread F1, int Rows);

/// <summary>The metrics of a classifier over the splits of a cross-validation: mean and standard deviation, per class too, and one confusion matrix.</summary>
public sealed record ClassificationSummary
{
    private readonly double[,] _confusion;

    private ClassificationSummary(double[,] confusion) => _confusion = confusion;

    /// <summary>Share of the rows classified rightly.</summary>
    public required Spread Accuracy { get; init; }

    /// <summary>Mean over the classes of the share of their rows classified rightly.</summary>
    public required Spread MacroAccuracy { get; init; }

    /// <summary>Cross entropy in nats.</summary>
    public required Spread LogLoss { get; init; }

    /// <summary>Per class, in the order of the label's keys.</summary>
    public required IReadOnlyList<ClassSummary> Classes { get; init; }

    /// <summary>Rows of class i predicted as class j, over all splits.</summary>
    public int this[int actual, int predicted] => (int)_confusion[actual, predicted];

    /// <summary>Summarises the metrics of all splits.</summary>
    /// <param name="metrics">What <c>MulticlassClassification.Evaluate</c> gave, once per split.</param>
    /// <param name="classNames">The classes, such as <see cref="Training.RawImageClassificationTransformer.ClassNames"/>.</param>
    /// <exception cref="ArgumentException">There are no metrics, or they are of another number of classes.</exception>
    public static ClassificationSummary Of(IReadOnlyList<MulticlassClassificationMetrics> metrics, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(classNames);
        if (metrics.Count == 0)
            throw new ArgumentException("There are no metrics to summarise.", nameof(metrics));
        if (metrics.FirstOrDefault(m => m.ConfusionMatrix.NumberOfClasses != classNames.Count) is { } other)
            throw new ArgumentException($"There are {classNames.Count} class names; the metrics are of {other.ConfusionMatrix.NumberOfClasses} classes.", nameof(classNames));
        var total = new double[classNames.Count, classNames.Count];
        foreach (var matrix in metrics.Select(m => m.ConfusionMatrix))
        {
            for (int i = 0; i < classNames.Count; i++)
            {
                for (int j = 0; j < classNames.Count; j++)
                    total[i, j] += matrix.Counts[i][j];
            }
        }
        return new(total)
        {
            Accuracy = Spread.Of(metrics.Select(m => m.MicroAccuracy)),
            MacroAccuracy = Spread.Of(metrics.Select(m => m.MacroAccuracy)),
            LogLoss = Spread.Of(metrics.Select(m => m.LogLoss)),
            Classes = [.. classNames.Select((name, i) => Class(name, i, metrics))],
        };
    }

    /// <summary>The confusion matrix as a picture: each row's shares, so that rare classes show as well.</summary>
    public HeatMap ToHeatMap()
    {
        var shares = new double[Classes.Count, Classes.Count];
        for (int i = 0; i < Classes.Count; i++)
        {
            for (int j = 0; j < Classes.Count; j++)
                shares[i, j] = _confusion[i, j] / Math.Max(1, Classes[i].Rows);
        }
        string[] names = [.. Classes.Select(c => c.Name)];
        return new() { Values = shares, RowLabels = names, ColumnLabels = names, RowTitle = "is", ColumnTitle = "predicted as", ValueTitle = "share of the class", Format = "F2", Minimum = 0, Maximum = 1 };
    }

    /// <summary>F1 of every class as a picture, with its standard deviation over the splits.</summary>
    public BarChart ToBarChart() => SpreadChart.Of("F1 of every class", [.. Classes.Select(c => (c.Name, c.F1))]);

    private static ClassSummary Class(string name, int index, IReadOnlyList<MulticlassClassificationMetrics> metrics)
    {
        var counts = metrics.Select(m => m.ConfusionMatrix.Counts).Select(c => (
            Right: c[index][index],
            Actual: c[index].Sum(),
            Predicted: c.Sum(row => row[index]))).ToList();
        // 0 / 0 is NaN: without a row or a prediction there is nothing to average.
        return new(name, Spread.Of(counts.Select(c => c.Right / c.Predicted)), Spread.Of(counts.Select(c => c.Right / c.Actual)),
            Spread.Of(counts.Select(c => 2 * c.Right / (c.Predicted + c.Actual))), (int)counts.Sum(c => c.Actual));
    }
}
