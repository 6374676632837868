namespace Lens2Logit.Notebooks;

/// <summary>One cell: Markdown, or C# to run.</summary>
/// <param name="IsCode">True for C#.</param>
/// <param name="Text">The text without the marker line; Markdown without its comment signs.</param>
/// <param name="Line">Line of the marker in the source file, from 1.</param>
internal sealed record Cell(bool IsCode, string Text, int Line);

/// <summary>
/// A notebook as its source has it: a file-based C# program in the percent format. <c>// %% [markdown]</c> opens a text cell, whose lines
/// are comments, <c>// %%</c> a code cell. What stands before the first marker (<c>#:</c> directives) belongs to the program alone.
/// </summary>
internal sealed record Notebook(string Name, IReadOnlyList<Cell> Cells)
{
    private const string Code = "// %%", Markdown = "// %% [markdown]";

    /// <exception cref="InvalidDataException">A text cell has a line that is no comment, or there is no cell; the message names file and line.</exception>
    public static Notebook Read(string path)
    {
        var cells = new List<Cell>();
        var lines = File.ReadAllLines(path);
        for (int start = Array.FindIndex(lines, IsMarker); start >= 0 && start < lines.Length;)
        {
            int end = Array.FindIndex(lines, start + 1, IsMarker);
            if (end < 0)
                end = lines.Length;
            bool isCode = lines[start] != Markdown;
            var body = lines[(start + 1)..end];
            if (!isCode && Array.FindIndex(body, line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)) is >= 0 and int wrong)
                throw new InvalidDataException($"{path}, line {start + 2 + wrong}: every line of a text cell is a comment.");
            cells.Add(new(isCode, string.Join('\n', isCode ? body : Array.ConvertAll(body, Uncomment)).Trim('\n'), start + 1));
            start = end;
        }
        return cells.Count > 0 ? new(Path.GetFileNameWithoutExtension(path), cells) : throw new InvalidDataException($"{path} has no cell: no line is '{Code}' or '{Markdown}'.");
    }

    private static bool IsMarker(string line) => line is Code or Markdown;

    private static string Uncomment(string line) => line.StartsWith("// ", StringComparison.Ordinal) ? line[3..] : line.TrimStart('/');
}
