using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Lens2Logit.Notebooks;

/// <summary>What a cell gave: the text it printed, and the pictures it wrote, by file name.</summary>
internal sealed record CellOutput(string Text, IReadOnlyList<(string Name, byte[] Png)> Pictures);

/// <summary>
/// Runs a notebook cell by cell as a C# script, each seeing what those before it declared. The current directory is where its pictures
/// appear, so notebooks run one at a time in a process.
/// </summary>
internal static class NotebookRunner
{
    // What a file-based program sees without saying so.
    private static readonly string[] ImplicitUsings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    /// <returns>One output per cell, null for text cells.</returns>
    /// <exception cref="NotebookException">A cell does not compile or throws; the message names notebook, line and cell.</exception>
    public static async Task<CellOutput?[]> RunAsync(Notebook notebook, string directory, Action<string>? progress = null)
    {
        var outputs = new CellOutput?[notebook.Cells.Count];
        var options = ScriptOptions.Default.WithReferences(References()).WithImports(ImplicitUsings).WithAllowUnsafe(false);
        var (console, current) = (Console.Out, Environment.CurrentDirectory);
        ScriptState? state = null;
        try
        {
            Environment.CurrentDirectory = directory;
            for (int i = 0; i < outputs.Length; i++)
            {
                var cell = notebook.Cells[i];
                if (!cell.IsCode)
                    continue;
                progress?.Invoke($"{notebook.Name}: cell {i + 1} of {outputs.Length}");
                using var text = new StringWriter { NewLine = "\n" };
                Console.SetOut(text);
                var before = Pictures(directory);
                try
                {
                    state = state is null ? await CSharpScript.RunAsync(cell.Text, options) : await state.ContinueWithAsync(cell.Text, options);
                }
                catch (Exception e)
                {
                    throw new NotebookException($"{notebook.Name}, line {cell.Line}: the cell\n{cell.Text}\nfailed: {e.Message}", e);
                }
                outputs[i] = new(text.ToString(), [.. Pictures(directory).Where(p => !before.TryGetValue(p.Key, out var old) || old != p.Value)
                    .Select(p => p.Key).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))]);
            }
            return outputs;
        }
        finally
        {
            Console.SetOut(console);
            Environment.CurrentDirectory = current;
        }
    }

    private static Dictionary<string, DateTime> Pictures(string directory) =>
        Directory.EnumerateFiles(directory, "*.png").ToDictionary(path => path, File.GetLastWriteTimeUtc);

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(File.Exists).Select(path => MetadataReference.CreateFromFile(path));
}

/// <summary>A cell of a notebook failed.</summary>
internal sealed class NotebookException(string message, Exception inner) : Exception(message, inner);
