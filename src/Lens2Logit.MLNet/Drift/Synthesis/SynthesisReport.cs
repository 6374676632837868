using System.Globalization;
using System.Text.Json;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.MLNet.Evaluation;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Plots;
using static Lens2Logit.MLNet.Drift.Reports.HtmlReport;

namespace Lens2Logit.MLNet.Drift.Synthesis;

/// <summary>The page of a synthesis, and its data.</summary>
internal static class SynthesisReport
{
    public static void Save(SynthesisResult result, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var page = new HtmlReport(folder, "Drift synthesis", $"How much {result.ScoreName} is lost when images come from another processing pipeline, another light or another sensor than those the model was trained on, "
            + "and how does that compare with post-hoc corruptions?");
        if (result.Failures.Count > 0)
            page.Warning($"Failed: {string.Join("; ", result.Failures.Select(f => $"{f.Key}: {f.Value}"))}");
        page.Missing(result.Missing);
        if (result.Units.Count > 0)
        {
            Summarise(page, result);
            ShowMatrix(page, result);
            ShowMeasurement(page, result);
            ShowCorruptions(page, result);
        }
        page.Write(result.Run);
        SaveData(result, folder);
    }

    private static void Summarise(HtmlReport page, SynthesisResult result)
    {
        var summary = result.Summary();
        page.Numbers(
            ($"{result.ScoreName}, same pipeline", Text(summary.SamePipeline)),
            ("mean drop, other pipeline", Text(summary.PipelineDrop)),
            ("mean drop, corruptions", Text(summary.CorruptionDrop)),
            ("corruption / pipeline", $"{Number(summary.Ratio, "0.0")}×"),
            ("worst pair drops", Number(summary.WorstPipelineDrop)));
        page.Paragraph($"The worst pair is {summary.WorstPair}. Drops are against the same model on its own pipeline. Corruptions are those of severity 3 of the gentle preset, where they were tested. "
            + $"± is the standard deviation over {result.Units.Select(u => u.Split).Distinct().Count()} splits, conditions and tests.");
    }

    private static void ShowMatrix(HtmlReport page, SynthesisResult result)
    {
        // A row or column without a number would have no colour.
        var rows = result.Conditions.Where(i => result.Units.Any(u => u.Condition == i)).ToList();
        var columns = result.Conditions.Where(j => rows.All(i => result.Cell(i, j).Count > 0)).ToList();
        if (columns.Count == 0)
            return;
        page.Heading("Trained on one pipeline, tested on another");
        page.Figure(Map(result.ScoreName, cell => cell.Mean), "matrix.png", "Score: mean and standard deviation over the splits. Names are demosaicing (bilinear, Malvar 2004, Menon 2007), sharpening (sharpening filter, unsharp mask), denoising (median, Gaussian).");
        var absent = result.Conditions.Except(columns).ToList();
        if (absent.Count > 0)
            page.Paragraph($"Left out as test, because some model has no score there: {string.Join(", ", absent)}.");

        HeatMap Map(string title, Func<Spread, double> value) => new()
        {
            Values = Grid(cell => value(cell)),
            Spread = Grid(Deviation),
            RowLabels = rows,
            ColumnLabels = columns,
            RowTitle = "trained on",
            ColumnTitle = "tested on",
            ValueTitle = title,
        };

        double[,] Grid(Func<Spread, double> value)
        {
            var grid = new double[rows.Count, columns.Count];
            for (int i = 0; i < rows.Count; i++)
                for (int j = 0; j < columns.Count; j++)
                    grid[i, j] = value(result.Cell(rows[i], columns[j]));
            return grid;
        }
    }

    private static void ShowMeasurement(HtmlReport page, SynthesisResult result)
    {
        var drops = result.MeasurementDrops();
        if (drops.Count == 0)
            return;
        page.Heading("Drifts of the measurement");
        page.Figure(new BarChart
        {
            Labels = [.. drops.Select(d => d.Name)],
            Values = [.. drops.Select(d => 100 * d.Drop.Mean)],
            Spread = [.. drops.Select(d => 100 * Deviation(d.Drop))],
            Axis = new($"{result.ScoreName} lost, points"),
            Format = "F1",
        }, "measurement.png", "The scenes are photographed in other light, with another sensor, through another lens or with more noise; the pipeline is the model's own. Mean and standard deviation over pipelines and splits.");
    }

    private static void ShowCorruptions(HtmlReport page, SynthesisResult result)
    {
        var tested = result.Corruptions();
        if (tested.Count == 0)
            return;
        page.Heading("Post-hoc corruptions");
        foreach (var preset in tested.GroupBy(c => c.Preset))
        {
            string[] names = [.. preset.Select(c => c.Name).Distinct()];
            int[] severities = [.. preset.Select(c => c.Severity).Distinct().Order()];
            double[,] mean = new double[names.Length, severities.Length], spread = new double[names.Length, severities.Length];
            for (int i = 0; i < names.Length; i++)
            {
                for (int j = 0; j < severities.Length; j++)
                {
                    var drop = result.CorruptionDrop(preset.Key, names[i], severities[j]);
                    (mean[i, j], spread[i, j]) = (100 * drop.Mean, 100 * Deviation(drop));
                }
            }
            var title = $"{result.ScoreName} lost{(severities.Length == 1 ? $" at severity {severities[0]}" : "")}, points";
            page.Figure(severities.Length == 1
                ? new BarChart { Labels = names, Values = [.. mean.Cast<double>()], Spread = [.. spread.Cast<double>()], Axis = new(title), Format = "F1" }
                : new HeatMap
                {
                    Values = mean,
                    Spread = spread,
                    RowLabels = names,
                    ColumnLabels = [.. severities.Select(s => s.ToString(CultureInfo.InvariantCulture))],
                    ColumnTitle = "severity",
                    ValueTitle = title,
                    Format = "F1",
                }, $"corruptions-{preset.Key}.png", $"Preset {preset.Key}: points of {result.ScoreName} lost, mean and standard deviation over pipelines and splits.");
        }
        page.Table($"Mean corruption error (Hendrycks and Dietterich, ICLR 2019) over the severities tested; 1 is the models of {result.Baseline}.",
            ["trained on", "preset", "mCE", "relative mCE"],
            result.CorruptionErrors().Select(e => new[] { e.Condition, e.Preset.ToString(), Number(e.MeanCorruptionError), Number(e.RelativeMeanCorruptionError) }), 1);
        page.Paragraph("– where the baseline makes no error under some corruption, or is not hurt by it, so that nothing can be relative to it.");
    }

    /// <summary>A single value is drawn without a spread.</summary>
    private static double Deviation(Spread spread) => spread.Count == 1 ? 0 : spread.StandardDeviation;

    private static string Text(Spread spread) => $"{Number(spread.Mean)} ± {Number(spread.StandardDeviation)}";

    private static void SaveData(SynthesisResult result, string folder)
    {
        var data = new { result.Run, result.Task, Summary = result.Summary(), result.Baseline, result.Conditions, result.Units, result.Missing, result.Failures, CorruptionErrors = result.CorruptionErrors() };
        AtomicFile.Write(Path.Combine(folder, "synthesis.json"), JsonSerializer.Serialize(data, DriftJson.Format));
        CsvFile.Write(Path.Combine(folder, "scores.csv"), ["trained_on", "split", "test", "score"],
            result.Units.SelectMany(u => u.Scores.Select(s => new object?[] { u.Condition, u.Split, s.Key, s.Value })));
        CsvFile.Write(Path.Combine(folder, "matrix.csv"), ["trained_on", .. result.Conditions], result.Conditions.Select(i => (IReadOnlyList<object?>)[i, .. result.Conditions.Select(j => (object?)result.Cell(i, j).Mean)]));
    }
}
