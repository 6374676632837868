using System.Diagnostics;

namespace Lens2Logit.Tests.Interop;

/// <summary>The packages as a user gets them: packed, restored from a folder into a new project, compiled and run.</summary>
public class PackageTests
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

    private const string Program = """
        using Lens2Logit.Isp;
        using Lens2Logit.Networks;
        using Microsoft.ML;

        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadSyntheticSmear(new() { Count = 10, Size = 32 });
        var model = ml.Transforms.SimulateMeasurement("Raw", "Scene", rowKeyColumnName: "Name")
            .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
            .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification("Label", "Rgb", Architecture.SmallCnn, epochs: 1, batchSize: 5)).Fit(data);
        ml.Model.Save(model, data.Schema, "model.zip");
        Console.WriteLine($"accuracy {ml.MulticlassClassification.Evaluate(ml.Model.Load("model.zip", out _).Transform(data)).MicroAccuracy}");
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
                DotNet(root, "pack", Path.Combine("src", library), "-c", Configuration, "--no-build", "-o", folder.File("feed"), $"-p:Version={version}");
            var consumer = Directory.CreateDirectory(folder.File("consumer")).FullName;
            File.WriteAllText(Path.Combine(consumer, "consumer.csproj"), Project.Replace("FEED", folder.File("feed")).Replace("VERSION", version));
            File.WriteAllText(Path.Combine(consumer, "Program.cs"), Program);
            var output = DotNet(consumer, "run", "-c", "Release");
            Assert.That(output, Does.Match(@"accuracy [01](\.\d+)?"));
        }
        finally
        {
            foreach (var id in new[] { "lens2logit.transforms", "lens2logit.mlnet" })
                if (Directory.Exists(Path.Combine(PackageCache, id, version)))
                    Directory.Delete(Path.Combine(PackageCache, id, version), recursive: true);
        }
    }

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

    private static string DotNet(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"dotnet {string.Join(' ', arguments)}\n{output}\n{errors.Result}");
        return output;
    }
}
