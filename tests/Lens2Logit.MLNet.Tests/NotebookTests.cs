using Lens2Logit.Notebooks;

namespace Lens2Logit.Tests;

/// <summary>Every notebook runs, cell by cell, and its stored form is what its source gives.</summary>
[NonParallelizable] // a running notebook owns the console and the current directory
public class NotebookTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Documentation", "examples", "notebooks");

    private static IEnumerable<string> Names() => Directory.GetFiles(Folder, "*.cs").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!;

    [TestCaseSource(nameof(Names))]
    public async Task Every_cell_runs_and_the_stored_form_is_up_to_date(string name)
    {
        using var folder = new TemporaryFolder();
        var notebook = Notebook.Read(Path.Combine(Folder, name + ".cs"));
        var stored = NotebookFile.Read(Path.Combine(Folder, name + ".ipynb"));

        var outputs = await NotebookRunner.RunAsync(notebook, folder.Path);

        const string outdated = "write it anew with: dotnet run -c Release --project tests/Lens2Logit.Notebooks";
        Assert.That(stored[0], Is.EqualTo((true, NotebookFile.Packages, 0)), outdated);
        Assert.That(stored.Skip(1).Select(cell => (cell.IsCode, cell.Text)), Is.EqualTo(notebook.Cells.Select(cell => (cell.IsCode, cell.Text))), outdated);
        Assert.That(stored.Skip(1).Select(cell => cell.Outputs), Is.EqualTo(outputs.Select(output => output is null ? 0 : output.Pictures.Count + (output.Text.Length > 0 ? 1 : 0))), outdated);
        Assert.That(outputs.Sum(output => output?.Pictures.Count ?? 0) + outputs.Sum(output => output?.Text.Length ?? 0), Is.Positive);
    }

    [Test]
    public void There_is_a_notebook() => Assert.That(Names(), Is.Not.Empty);

    [Test]
    public void A_cell_that_fails_is_named_with_its_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("bad.cs"), "// %% [markdown]\n// Text\n\n// %%\nvar x = 1;\n\n// %%\nthrow new InvalidOperationException($\"x is {x}\");\n");
        Assert.That(() => NotebookRunner.RunAsync(Notebook.Read(folder.File("bad.cs")), folder.Path),
            Throws.InstanceOf<NotebookException>().With.Message.Contains("bad, line 7").And.Message.Contains("x is 1"));
    }

    [Test]
    public void A_text_cell_with_code_in_it_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("bad.cs"), "// %% [markdown]\n// Text\nvar x = 1;\n");
        Assert.That(() => Notebook.Read(folder.File("bad.cs")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("line 3"));
    }
}
