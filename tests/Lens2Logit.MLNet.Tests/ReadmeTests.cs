using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Lens2Logit.Tests;

/// <summary>Every C# block of the README and of the page on sensors compiles against the libraries as they are.</summary>
public partial class ReadmeTests
{
    private static IEnumerable<TestCaseData> Blocks() => new[] { "README.md", "sensor-model.md" }.SelectMany(page =>
        CodeBlock().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, page)))
            .Select((match, index) => new TestCaseData(match.Groups[1].Value).SetArgDisplayNames($"{page}, block {index + 1}")));

    [TestCaseSource(nameof(Blocks))]
    public void A_code_block_compiles(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(ImplicitUsings + code);
        var compilation = CSharpCompilation.Create("Readme", [tree], References(), new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        var problems = compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Id != "CS8019");
        Assert.That(problems, Is.Empty);
    }

    [Test]
    public void There_is_a_code_block() => Assert.That(Blocks(), Is.Not.Empty);

    private const string ImplicitUsings = "using System; using System.Collections.Generic; using System.IO; using System.Linq;\n";

    private static IEnumerable<MetadataReference> References()
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return platform.Where(File.Exists).Select(path => MetadataReference.CreateFromFile(path));
    }

    [GeneratedRegex(@"```csharp\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
