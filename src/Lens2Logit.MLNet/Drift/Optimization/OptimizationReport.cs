using System.Globalization;
using System.Text.Json;
using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.MLNet.Evaluation;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Plots;
using static Lens2Logit.MLNet.Drift.Reports.HtmlReport;

namespace Lens2Logit.MLNet.Drift.Optimization;

/// <summary>The page of an optimisation, and its data.</summary>
internal static class OptimizationReport
{
    public static void Save(OptimizationResult result, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var page = new HtmlReport(folder, "Drift optimisation", "The light drops, and a trained model fails. Is it better to adapt the network alone, or the data model in front of it too?");
        page.Missing(result.Missing);
        Summarise(page, result);
        foreach (var start in result.Arms.Select(arm => arm.Start).Distinct())
            ShowCurves(page, result, start);
        Compare(page, result);
        if (result.Examples.Count > 0)
        {
            page.Heading("What the network sees");
            page.Figure(ForensicsReport.Sheet(result.Examples), "images.png", $"Test images of seed {result.Seeds[0].Seed}.");
        }
        ShowParameters(page, result);
        page.Write(result.Run);
        SaveData(result, folder);
    }

    private static void Summarise(HtmlReport page, OptimizationResult result)
    {
        var difference = result.Difference(Adapting(DataModelUse.Learned), Adapting(DataModelUse.Frozen));
        page.Numbers(
        [
            ("before the drift", Percent(result.Seeds.Average(s => s.BeforeDrift))),
            ("after it", Percent(result.Seeds.Average(s => s.AfterDrift))),
            .. result.Arms.Where(arm => arm.Start == OptimizationStart.Adapting).Select(arm => arm.Use).Select(use => (Adapting(use).ToString(), Percent(result.Seeds.Average(s => s.Curves[Adapting(use)].Final)))),
            ("learned − frozen, points", Points(difference)),
        ]);
        page.Paragraph("Test accuracy in %, mean over the seeds; the difference with its 95 % confidence interval (paired by seed, Student's t). "
            + "\"Exposure compensated\" multiplies the raw signal above black by what the light has lost and leaves the ISP so: the control that tells a learned data model from a brighter picture.");
    }

    private static void ShowCurves(HtmlReport page, OptimizationResult result, OptimizationStart start)
    {
        bool adapting = start == OptimizationStart.Adapting;
        page.Heading(adapting ? "Adapting the trained model" : "Training from scratch after the drift");
        page.Figure(new LineChart
        {
            XAxis = new("optimiser steps"),
            YAxis = new("test accuracy after the drift, %") { Minimum = 0, Maximum = 102 },
            Series = [.. result.Arms.Where(arm => arm.Start == start).Reverse().Select(arm => PlotSeries.OfRuns(Use(arm), [.. result.Seeds[0].Curves[arm].Steps.Select(s => (double)s)],
                [.. result.Seeds.Select(s => (IReadOnlyList<double>)[.. s.Curves[arm].Scores.Select(v => 100 * v)])]) with { Mark = SeriesMark.LineAndPoints })],
            HorizontalLines = [new(100 * result.Seeds.Average(s => s.BeforeDrift), "before the drift")],
        }, adapting ? "curves.png" : "curves-scratch.png", $"Mean over {result.Seeds.Count} seed(s), with the standard deviation as band.");
    }

    private static void Compare(HtmlReport page, OptimizationResult result)
    {
        page.Heading("The comparison in numbers");
        page.Table("Test accuracy at the end, %.", ["", .. result.Seeds.Select(s => $"seed {s.Seed}"), "mean", "sd"],
            result.Arms.Select(arm =>
            {
                var spread = Spread.Of(result.Seeds.Select(s => s.Curves[arm].Final));
                return (IReadOnlyList<string>)[arm.ToString(), .. result.Seeds.Select(s => Percent(s.Curves[arm].Final)), Percent(spread.Mean), Percent(spread.StandardDeviation)];
            }));
        page.Table("Paired differences in points, with 95 % confidence interval.", ["", "difference", "low", "high"],
            from start in result.Arms.Select(arm => arm.Start).Distinct()
            from pair in new (DataModelUse Use, DataModelUse Other)[]
            {
                (DataModelUse.Learned, DataModelUse.Frozen), (DataModelUse.Learned, DataModelUse.Compensated),
                (DataModelUse.AcquisitionLearned, DataModelUse.Frozen), (DataModelUse.AcquisitionLearned, DataModelUse.Learned),
            }
            where result.Arms.Contains(new(start, pair.Use))
            let difference = result.Difference(new(start, pair.Use), new(start, pair.Other))
            select (IReadOnlyList<string>)[$"{new OptimizationArm(start, pair.Use)} − {Use(new(start, pair.Other))}", Percent(difference.Mean), Percent(difference.Low), Percent(difference.High)]);
        var level = result.Level is { } value ? Percent(value) + " %" : "the final accuracy of the frozen ISP of the same seed";
        page.Table($"Steps to reach {level}; scores are taken once an epoch.", ["", .. result.Seeds.Select(s => $"seed {s.Seed}")],
            result.Arms.Select(arm => (IReadOnlyList<string>)[arm.ToString(), .. result.StepsToLevel(arm).Select(steps => steps?.ToString(CultureInfo.InvariantCulture) ?? "not reached")]));
    }

    private static void ShowParameters(HtmlReport page, OptimizationResult result)
    {
        page.Heading("What the data model has learnt");
        Table("ISP learned", result.Seeds[0].Changes);
        if (result.Seeds[0].AcquisitionChanges is { Count: > 0 } changes)
            Table("acquisition and ISP learned", changes);

        void Table(string arm, IReadOnlyList<ParameterChange> changes) => page.Table(
            $"Adapting, {arm}, seed {result.Seeds[0].Seed}: values before and after, in the parameter's own unit (the first nine of each).", ["parameter", "unit", "before", "after", "norm of the change"],
            changes.Select(c => new[] { c.Name, c.Unit, Values(c.Before), Values(c.After), Number(c.Norm, "G3") }), 1, 2, 3);

        static string Values(IReadOnlyList<double> values) => string.Join(" ", values.Take(9).Select(v => Number(v, "0.####"))) + (values.Count > 9 ? " …" : "");
    }

    private static OptimizationArm Adapting(DataModelUse use) => new(OptimizationStart.Adapting, use);

    private static string Use(OptimizationArm arm) => arm.ToString()[(arm.ToString().IndexOf(',', StringComparison.Ordinal) + 2)..];

    private static string Percent(double share) => Number(100 * share, "0.0");

    private static string Points(PairedDifference d) => d.Count > 1 ? $"{Percent(d.Mean)} [{Percent(d.Low)}, {Percent(d.High)}]" : Percent(d.Mean);

    private static void SaveData(OptimizationResult result, string folder)
    {
        AtomicFile.Write(Path.Combine(folder, "optimization.json"), JsonSerializer.Serialize(new { result.Run, result.Missing, result.Level, result.Seeds }, DriftJson.Format));
        CsvFile.Write(Path.Combine(folder, "results.csv"), ["seed", "before the drift", "after the drift", .. result.Arms.Select(arm => arm.ToString())],
            result.Seeds.Select(s => (IReadOnlyList<object?>)[s.Seed, s.BeforeDrift, s.AfterDrift, .. result.Arms.Select(arm => (object?)s.Curves[arm].Final)]));
        CsvFile.Write(Path.Combine(folder, "curves.csv"), ["seed", "arm", "step", "accuracy"],
            result.Seeds.SelectMany(s => s.Curves.SelectMany(c => c.Value.Steps.Zip(c.Value.Scores, (step, score) => new object?[] { s.Seed, c.Key.ToString(), step, score }))));
    }
}
