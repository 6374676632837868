using System.Globalization;
using Spectre.Console;

namespace DriftOptimization;

/// <summary>Accuracies per seed with their mean, on the screen and as CSV.</summary>
internal static class ResultTable
{
    private static readonly (string Name, Func<SeedResult, double> Value)[] Columns =
    [
        ("good light", r => r.GoodLight),
        ("after the drop", r => r.AfterDrop),
        ("adapted, ISP frozen", r => r.AdaptedFrozen),
        ("adapted, ISP learned", r => r.AdaptedLearned),
        ("learned − frozen", r => r.AdaptedLearned - r.AdaptedFrozen),
    ];

    public static void Show(IReadOnlyList<SeedResult> results)
    {
        var table = new Table().Title("Test accuracy, %").AddColumn("seed");
        foreach (var (name, _) in Columns)
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var result in results)
            table.AddRow([result.Seed.ToString(CultureInfo.InvariantCulture), .. Columns.Select(c => Percent(c.Value(result)))]);
        table.AddEmptyRow().AddRow(["[bold]mean[/]", .. Columns.Select(c => $"[bold]{Percent(results.Average(c.Value))}[/]")]);
        AnsiConsole.WriteLine();
        AnsiConsole.Write(table);
    }

    public static void Save(IReadOnlyList<SeedResult> results, string path)
    {
        var lines = new List<string> { "seed," + string.Join(',', Columns.Select(c => c.Name.Replace(",", "", StringComparison.Ordinal))) };
        lines.AddRange(results.Select(r => string.Create(CultureInfo.InvariantCulture,
            $"{r.Seed},{string.Join(',', Columns.Select(c => c.Value(r).ToString("F4", CultureInfo.InvariantCulture)))}")));
        File.WriteAllLines(path, lines);
    }

    private static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);
}
