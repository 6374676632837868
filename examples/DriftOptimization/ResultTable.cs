using System.Globalization;
using Lens2Logit.MLNet.Drift.Optimization;
using Spectre.Console;

namespace DriftOptimization;

/// <summary>Accuracies per seed with their mean, and the paired difference, on the screen.</summary>
internal static class ResultTable
{
    public static void Show(OptimizationResult result)
    {
        List<(string Name, Func<SeedResult, double> Value)> columns =
        [
            ("good light", s => s.BeforeDrift),
            ("after the drop", s => s.AfterDrift),
            .. result.Arms.Select(arm => (arm.ToString(), (Func<SeedResult, double>)(s => s.Curves[arm].Final))),
        ];
        var table = new Table().Title("Test accuracy, %").AddColumn("seed");
        foreach (var (name, _) in columns)
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var seed in result.Seeds)
            table.AddRow([seed.Seed.ToString(CultureInfo.InvariantCulture), .. columns.Select(c => Percent(c.Value(seed)))]);
        table.AddEmptyRow().AddRow(["[bold]mean[/]", .. columns.Select(c => $"[bold]{Percent(result.Seeds.Average(c.Value))}[/]")]);
        AnsiConsole.WriteLine();
        AnsiConsole.Write(table);

        OptimizationArm Adapting(DataModelUse use) => new(OptimizationStart.Adapting, use);
        var difference = result.Difference(Adapting(DataModelUse.Learned), Adapting(DataModelUse.Frozen));
        var interval = difference.Count > 1 ? $", 95 % confidence interval {Percent(difference.Low)} to {Percent(difference.High)}" : "";
        AnsiConsole.MarkupLineInterpolated($"ISP learned − ISP frozen: [bold]{Percent(difference.Mean)}[/] points{interval}.");
        AnsiConsole.WriteLine();
    }

    private static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);
}
