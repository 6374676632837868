using System.Globalization;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Plots;
using Spectre.Console;

namespace Lens2Logit.Examples;

/// <summary>Prints a line per epoch of a training, and draws them all at its end.</summary>
internal sealed class TrainingLog : IProgress<TrainingProgress>
{
    private readonly List<TrainingProgress> _epochs = [];

    public void Report(TrainingProgress value)
    {
        if (!value.EndOfEpoch)
            return;
        _epochs.Add(value);
        var validation = value.ValidationMetric is { } metric ? $", on images left out {metric.ToString("F3", CultureInfo.InvariantCulture)}" : "";
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {value.Epoch,3} of {value.Epochs}: loss {value.Loss:F3}, {value.MetricName} {value.Metric:F3}{validation}"));
    }

    /// <summary>Saves the curves of the metric; nothing where a checkpoint was already complete.</summary>
    public void SaveCurves(string path)
    {
        if (_epochs.Count == 0)
            return;
        double[] x = [.. _epochs.Select(e => (double)e.Epoch)];
        List<PlotSeries> series = [new("images trained on, augmented", x, [.. _epochs.Select(e => e.Metric)])];
        if (_epochs.All(e => e.ValidationMetric is not null))
            series.Add(new("images left out", x, [.. _epochs.Select(e => e.ValidationMetric!.Value)]));
        new LineChart
        {
            Title = "Training",
            XAxis = new("epoch"),
            YAxis = new(_epochs[0].MetricName) { Minimum = 0, Maximum = 1 },
            Series = series,
        }.Save(path);
    }
}
