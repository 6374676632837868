using System.Text.Json;
using System.Text.Json.Nodes;
using Lens2Logit.MLNet;
using TorchSharp;

namespace Lens2Logit.Notebooks;

/// <summary>The <c>.ipynb</c> form (Jupyter notebook format 4.5) with stored outputs.</summary>
internal static class NotebookFile
{
    /// <summary>The first cell: a kernel gets the libraries from packages, the file-based program by its #: directives.</summary>
    public static string Packages { get; } = $"#r \"nuget: Lens2Logit.MLNet, {VersionOf(typeof(Lens2LogitModel))}\"\n#r \"nuget: TorchSharp-cpu, {VersionOf(typeof(torch))}\"";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, IndentSize = 1, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="notebook">The cells.</param>
    /// <param name="outputs">One per cell, null for text cells.</param>
    /// <param name="path">The file to write or replace.</param>
    public static void Write(Notebook notebook, IReadOnlyList<CellOutput?> outputs, string path)
    {
        var cells = new JsonArray { Code("packages", Packages, null, 0) };
        int count = 0;
        for (int i = 0; i < notebook.Cells.Count; i++)
        {
            var (cell, id) = (notebook.Cells[i], $"cell-{i + 1}");
            cells.Add(cell.IsCode ? Code(id, cell.Text, outputs[i], ++count) : new JsonObject
            {
                ["cell_type"] = "markdown",
                ["id"] = id,
                ["metadata"] = new JsonObject(),
                ["source"] = Lines(cell.Text),
            });
        }
        var root = new JsonObject
        {
            ["cells"] = cells,
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" },
                ["language_info"] = new JsonObject { ["name"] = "C#", ["file_extension"] = ".cs" },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        File.WriteAllText(path, root.ToJsonString(Format) + "\n");
    }

    /// <summary>The sources of the cells of a written file, that of the packages first, and the number of their outputs.</summary>
    public static IReadOnlyList<(bool IsCode, string Text, int Outputs)> Read(string path) =>
    [
        .. JsonNode.Parse(File.ReadAllText(path))!["cells"]!.AsArray().Select(cell => (
            (string)cell!["cell_type"]! == "code",
            string.Concat(cell["source"]!.AsArray().Select(line => (string)line!)),
            cell["outputs"]?.AsArray().Count ?? 0)),
    ];

    private static string VersionOf(Type type) => type.Assembly.GetName().Version!.ToString(3);

    private static JsonObject Code(string id, string text, CellOutput? output, int count)
    {
        var outputs = new JsonArray();
        if (output?.Text.Length > 0)
            outputs.Add(new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = Lines(output.Text) });
        foreach (var (name, png) in output?.Pictures ?? [])
        {
            outputs.Add(new JsonObject
            {
                ["data"] = new JsonObject { ["image/png"] = Convert.ToBase64String(png), ["text/plain"] = Lines(name) },
                ["metadata"] = new JsonObject(),
                ["output_type"] = "display_data",
            });
        }
        return new()
        {
            ["cell_type"] = "code",
            ["execution_count"] = count == 0 ? null : count,
            ["id"] = id,
            ["metadata"] = new JsonObject { ["dotnet_interactive"] = new JsonObject { ["language"] = "csharp" } },
            ["outputs"] = outputs,
            ["source"] = Lines(text),
        };
    }

    private static JsonArray Lines(string text)
    {
        var lines = text.Split('\n');
        var array = new JsonArray();
        for (int i = 0; i < lines.Length; i++)
        {
            var line = i < lines.Length - 1 ? lines[i] + "\n" : lines[i];
            if (line.Length > 0)
                array.Add((JsonNode)line);
        }
        return array;
    }
}
