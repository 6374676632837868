using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Lens2Logit.Tests.Interop;

/// <summary>The packages as a user gets them: packed, restored from a folder into a new project, compiled and run.</summary>
public partial class PackageTests
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
            <SelfContained>false</SelfContained>
            <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
            <RestoreAdditionalProjectSources>FEED</RestoreAdditionalProjectSources>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Lens2Logit.MLNet" Version="VERSION" />
            <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />
          </ItemGroup>
        </Project>
        """;

    [Test]
    public void A_new_project_that_references_the_packages_trains_saves_and_loads()
    {
        var root = RepositoryRoot();
        using var folder = new TemporaryFolder();
        // A version of its own, so that the user's package cache never holds a stale one.
        var version = $"0.0.0-test{DateTime.UtcNow:yyyyMMddHHmmssfff}";
        try
        {
            foreach (var library in new[] { "Lens2Logit.Transforms", "Lens2Logit.MLNet" })
            {
                DotNet.Run(root, "pack", Path.Combine("src", library), "-c", Configuration, "--no-build", "-o", folder.File("feed"), $"-p:Version={version}");
                RequireContents(folder.File(Path.Combine("feed", $"{library}.{version}")), library);
            }
            var consumer = Directory.CreateDirectory(folder.File("consumer")).FullName;
            File.WriteAllText(Path.Combine(consumer, "consumer.csproj"), Project.Replace("FEED", folder.File("feed")).Replace("VERSION", version));
            File.WriteAllText(Path.Combine(consumer, "Program.cs"), ReadmeProgram(root));
            var output = DotNet.Run(consumer, "run", "-c", "Release");
            Assert.That(output, Does.Match(@"accuracy \d+").And.Contain("gamma"));
        }
        finally
        {
            foreach (var id in new[] { "lens2logit.transforms", "lens2logit.mlnet" })
                if (Directory.Exists(Path.Combine(PackageCache, id, version)))
                    Directory.Delete(Path.Combine(PackageCache, id, version), recursive: true);
        }
    }

    /// <summary>The README's pipeline, on fewer images.</summary>
    private static string ReadmeProgram(string root) =>
        Count().Replace(CodeBlock().Match(File.ReadAllText(Path.Combine(root, "README.md"))).Groups[1].Value, "Count = 60");

    private static void RequireContents(string package, string library)
    {
        using var archive = ZipFile.OpenRead(package + ".nupkg");
        Assert.That(archive.Entries.Select(entry => entry.FullName), Is.SupersetOf(new[] { "README.md", "icon.png", $"lib/net10.0/{library}.dll", $"lib/net10.0/{library}.xml" }));
        using var symbols = ZipFile.OpenRead(package + ".snupkg");
        Assert.That(symbols.Entries.Select(entry => entry.FullName), Does.Contain($"lib/net10.0/{library}.pdb"));
    }

    [GeneratedRegex(@"```csharp\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"Count = \d+")]
    private static partial Regex Count();

    private static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    private static string PackageCache => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Lens2Logit.sln")))
                return folder.FullName;
        Assert.Ignore("The tests do not run inside the repository, so there is nothing to pack.");
        return "";
    }
}
