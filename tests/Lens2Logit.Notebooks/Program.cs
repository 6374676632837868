using Lens2Logit.Notebooks;

// Runs the notebooks (all, or those whose names begin with an argument) and writes each .ipynb with its outputs beside its source.
var folder = Path.Combine("examples", "notebooks");
if (!Directory.Exists(folder))
{
    Console.Error.WriteLine($"There is no folder '{folder}' here: run this from the root of the repository.");
    return 1;
}
var sources = Directory.GetFiles(folder, "*.cs").Order(StringComparer.Ordinal)
    .Where(path => args.Length == 0 || args.Any(name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal))).ToList();
foreach (var source in sources)
{
    var directory = Directory.CreateTempSubdirectory("lens2logit-notebook-");
    try
    {
        var notebook = Notebook.Read(source);
        var outputs = await NotebookRunner.RunAsync(notebook, directory.FullName, Console.Error.WriteLine);
        NotebookFile.Write(notebook, outputs, Path.ChangeExtension(source, ".ipynb"));
    }
    catch (Exception e) when (e is NotebookException or InvalidDataException)
    {
        Console.Error.WriteLine(e.Message);
        return 1;
    }
    finally
    {
        directory.Delete(recursive: true);
    }
}
Console.WriteLine($"{sources.Count} notebooks written.");
return sources.Count > 0 ? 0 : 1;
