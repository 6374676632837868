using System.Globalization;
using System.Text;

namespace Lens2Logit.Benchmarks;

/// <summary>The table of a suite, the same on the console, as Markdown and as CSV.</summary>
internal sealed class ResultTable(string title, IReadOnlyList<string> head, IReadOnlyList<Row> rows)
{
    // The first seven are what scripts rely on; the spread follows them.
    private static readonly string[] Columns = ["case", "value", "unit", "compared with", "ratio", "target", "met", "spread"];

    private readonly string[][] _cells = [.. rows.Select(Cells)];

    public string ToMarkdown()
    {
        var widths = Columns.Select((name, i) => Math.Max(name.Length, _cells.Max(cells => cells[i].Length))).ToArray();
        var text = new StringBuilder($"# Benchmarks: {title}\n\n");
        foreach (var line in head)
            text.Append("- ").Append(line).Append('\n');
        text.Append('\n');
        Append(Columns);
        Append([.. Columns.Select((_, i) => new string('-', widths[i] - (IsNumber(i) ? 1 : 0)) + (IsNumber(i) ? ":" : ""))]);
        foreach (var cells in _cells)
            Append(cells);
        return text.ToString();

        void Append(string[] cells) =>
            text.Append("| ").AppendJoin(" | ", cells.Select((c, i) => IsNumber(i) ? c.PadLeft(widths[i]) : c.PadRight(widths[i]))).Append(" |\n");
    }

    public string ToCsv()
    {
        var text = new StringBuilder();
        foreach (var cells in _cells.Prepend(Columns))
            text.AppendJoin(',', cells.Select(Quote)).Append('\n');
        return text.ToString();
    }

    /// <summary>Writes NAME.csv and NAME.md.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, title + ".csv"), ToCsv());
        File.WriteAllText(Path.Combine(folder, title + ".md"), ToMarkdown());
    }

    private static string[] Cells(Row row) =>
    [
        row.Case, Number(row.Value), row.Unit, row.ComparedWith ?? "", Number(row.Ratio), Number(row.Target),
        row.Met switch { true => "yes", false => "no", null => "" },
        row.Spread is { } spread ? (100 * spread).ToString("F1", CultureInfo.InvariantCulture) + " %" : "",
    ];

    private static bool IsNumber(int column) => Columns[column] is "value" or "ratio" or "target" or "spread";

    /// <summary>Three significant digits, never an exponent: more would be noise.</summary>
    private static string Number(double? value)
    {
        if (value is not { } number)
            return "";
        int decimals = number == 0 ? 0 : Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 6);
        return number.ToString("F" + decimals, CultureInfo.InvariantCulture);
    }

    private static string Quote(string cell) => cell.Contains(',') ? $"\"{cell}\"" : cell;
}
