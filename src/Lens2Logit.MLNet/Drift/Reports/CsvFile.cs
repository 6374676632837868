using System.Globalization;
using Lens2Logit.MLNet.Training.Loop;

namespace Lens2Logit.MLNet.Drift.Reports;

/// <summary>Comma-separated values as RFC 4180 has them, numbers in full and with a point.</summary>
internal static class CsvFile
{
    public static void Write(string path, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<object?>> rows) =>
        AtomicFile.Write(path, string.Concat(rows.Prepend(header).Select(row => string.Join(',', row.Select(Field)) + "\n")));

    private static string Field(object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
