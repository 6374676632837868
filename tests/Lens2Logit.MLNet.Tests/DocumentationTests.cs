using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Lens2Logit.Tests;

/// <summary>README and docs: every C# block compiles against the libraries as they are, and every link inside the repository leads somewhere.</summary>
public partial class DocumentationTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Documentation");

    private static IEnumerable<string> Pages() => Directory.EnumerateFiles(Root, "*.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal);

    private static IEnumerable<TestCaseData> Blocks() =>
        from page in Pages()
        from block in CodeBlock().Matches(File.ReadAllText(Path.Combine(Root, page))).Select((match, index) => (Code: match.Groups[1].Value, Number: index + 1))
        select new TestCaseData(block.Code).SetArgDisplayNames($"{page}, block {block.Number}");

    [TestCaseSource(nameof(Blocks))]
    public void A_code_block_compiles(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(ImplicitUsings + code);
        var compilation = CSharpCompilation.Create("Documentation", [tree], References(), new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        var problems = compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Id != "CS8019");
        Assert.That(problems, Is.Empty);
    }

    [TestCaseSource(nameof(Pages))]
    public void Links_lead_somewhere(string page)
    {
        var text = WithoutCode().Replace(File.ReadAllText(Path.Combine(Root, page)), "");
        var dead = Link().Matches(text).Select(match => match.Groups[1].Value).Where(link => !link.StartsWith("http", StringComparison.Ordinal) && !Leads(page, link));
        Assert.That(dead, Is.Empty);
    }

    [Test]
    public void There_are_pages_with_code() => Assert.That(Blocks().Count(), Is.GreaterThan(Pages().Count() / 2));

    private static bool Leads(string page, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? Path.Combine(Root, page) : Path.GetFullPath(Path.Combine(Root, Path.GetDirectoryName(page)!, parts[0]));
        if (!File.Exists(target) && !Directory.Exists(target))
            return false;
        return parts.Length == 1 || Heading().Matches(File.ReadAllText(target)).Any(heading => Anchor(heading.Groups[1].Value) == parts[1]);
    }

    /// <summary>The name that web pages of a repository give to a heading.</summary>
    private static string Anchor(string heading) => NotInAnchors().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private const string ImplicitUsings = "using System; using System.Collections.Generic; using System.IO; using System.Linq; using System.Threading; using System.Threading.Tasks;\n";

    private static IEnumerable<MetadataReference> References()
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return platform.Where(File.Exists).Select(path => MetadataReference.CreateFromFile(path));
    }

    [GeneratedRegex(@"```csharp\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex WithoutCode();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
