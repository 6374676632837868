using System.Globalization;
using System.Net;
using System.Text;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Plots;

namespace Lens2Logit.MLNet.Drift.Reports;

/// <summary>A page that needs nothing beside itself: text, tables, and figures that are also written as PNG files next to it.</summary>
internal sealed class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light }
        body { font: 16px/1.55 system-ui, sans-serif; color: #1b1b1b; background: #fff; max-width: 72rem; margin: 2.5rem auto; padding: 0 1.5rem }
        h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .4rem } h2 { font-size: 1.35rem; margin: 2.6rem 0 .6rem; border-bottom: 2px solid #0072b2; padding-bottom: .2rem }
        p.lead { font-size: 1.12rem; color: #444; max-width: 48rem } p { max-width: 48rem }
        table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; font-size: .92rem }
        caption { caption-side: top; text-align: left; color: #444; padding-bottom: .4rem }
        th, td { padding: .28rem .8rem; border-bottom: 1px solid #ddd; text-align: right; vertical-align: top }
        th { border-bottom: 2px solid #555; background: #f6f6f6 } th:first-child, td:first-child, td.text, th.text { text-align: left }
        .figures { display: flex; flex-wrap: wrap; gap: 1rem } figure { margin: 1rem 0 } figure img { max-width: 100%; height: auto; border: 1px solid #ddd }
        .figures figure { flex: 1 1 26rem; max-width: 34rem; margin: 0 } figcaption { color: #444; font-size: .92rem; max-width: 48rem }
        dl.numbers { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.4rem 0 } dl.numbers div { border: 1px solid #ccc; border-left: 5px solid #0072b2; padding: .5rem 1rem; min-width: 8rem }
        dl.numbers dt { color: #444; font-size: .88rem } dl.numbers dd { margin: 0; font-size: 1.45rem; font-weight: 600 }
        .warning { border-left: 5px solid #d55e00; background: #fdf3ec; padding: .6rem 1rem; max-width: 48rem } footer { margin-top: 3rem; color: #555; font-size: .88rem }
        @media print { h2 { break-after: avoid } figure, table { break-inside: avoid } }
        """;

    private readonly StringBuilder _body = new();
    private readonly string _folder, _title;

    public HtmlReport(string folder, string title, string lead)
    {
        (_folder, _title) = (folder, title);
        Directory.CreateDirectory(folder);
        _body.Append($"<h1>{Encode(title)}</h1>\n<p class=\"lead\">{Encode(lead)}</p>\n");
    }

    public static string Number(double value, string format = "0.000")
    {
        if (!double.IsFinite(value))
            return "–";
        var text = value.ToString(format, CultureInfo.InvariantCulture);
        // What is rounded to nothing has no sign.
        return text[0] == '-' && text.AsSpan(1).IndexOfAnyExcept("0.") < 0 ? text[1..] : text;
    }

    public void Heading(string text) => _body.Append($"<h2>{Encode(text)}</h2>\n");

    public void Paragraph(string text) => _body.Append($"<p>{Encode(text)}</p>\n");

    public void Warning(string text) => _body.Append($"<p class=\"warning\">{Encode(text)}</p>\n");

    /// <summary>Says which units of work are not there, if any.</summary>
    public void Missing(IReadOnlyList<string> units)
    {
        const int shown = 12;
        if (units.Count > 0)
            Warning($"{units.Count} unit(s) of work are not there: {string.Join("; ", units.Take(shown))}{(units.Count > shown ? " …" : "")}.");
    }

    /// <summary>The few numbers that a reader takes away.</summary>
    public void Numbers(params IEnumerable<(string Name, string Value)> numbers) => _body.Append("<dl class=\"numbers\">")
        .AppendJoin("", numbers.Select(n => $"<div><dt>{Encode(n.Name)}</dt><dd>{Encode(n.Value)}</dd></div>")).Append("</dl>\n");

    /// <summary>A table. The first column is text, the others numbers, except those named.</summary>
    public void Table(string caption, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows, params int[] textColumns)
    {
        string Class(int column) => textColumns.Contains(column) ? " class=\"text\"" : "";
        _body.Append($"<table><caption>{Encode(caption)}</caption>\n<tr>").AppendJoin("", header.Select((h, i) => $"<th scope=\"col\"{Class(i)}>{Encode(h)}</th>")).Append("</tr>\n");
        foreach (var row in rows)
            _body.Append("<tr>").AppendJoin("", row.Select((cell, i) => $"<td{Class(i)}>{Encode(cell)}</td>")).Append("</tr>\n");
        _body.Append("</table>\n");
    }

    /// <summary>A figure across the page; also written as a file of that name.</summary>
    public void Figure(Figure figure, string fileName, string caption) => _body.Append(Embed(figure, fileName, caption));

    /// <summary>Figures side by side.</summary>
    public void Figures(IEnumerable<(Figure Figure, string FileName, string Caption)> figures) =>
        _body.Append("<div class=\"figures\">\n").AppendJoin("", figures.Select(f => Embed(f.Figure, f.FileName, f.Caption))).Append("</div>\n");

    /// <summary>Writes the page, which ends with how it was made.</summary>
    public void Write(RunRecord run)
    {
        Heading("How this was made");
        Table("Configuration", ["option", "value"], run.Configuration.Select(entry => new[] { entry.Key, entry.Value }), 1);
        Table("Versions", ["component", "version"], run.Versions.Select(entry => new[] { entry.Key, entry.Value }), 1);
        _body.Append(CultureInfo.InvariantCulture, $"<footer>Started {run.Started:yyyy-MM-dd HH:mm} UTC, took {TimeSpan.FromSeconds(Math.Round(run.Seconds))}. ")
            .Append("Made with Lens2Logit after Oala, Aversa, Nobis, Willis et al., <em>Data Models for Dataset Drift Controls in Machine Learning With Optical Images</em>, TMLR 2023.</footer>\n");
        AtomicFile.Write(Path.Combine(_folder, "report.html"), $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Encode(_title)}</title>
            <style>{Style}</style></head><body>
            {_body}</body></html>

            """);
    }

    private string Embed(Figure figure, string fileName, string caption)
    {
        var png = figure.ToPng();
        File.WriteAllBytes(Path.Combine(_folder, fileName), png);
        return $"<figure><img src=\"data:image/png;base64,{Convert.ToBase64String(png)}\" alt=\"{Encode(caption)}\"><figcaption>{Encode(caption)}</figcaption></figure>\n";
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
