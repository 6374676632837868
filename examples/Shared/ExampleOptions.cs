using System.CommandLine;
using Lens2Logit.MLNet.Drift.Units;
using Lens2Logit.Networks;

namespace Lens2Logit.Examples;

/// <summary>Units of work: the folder of their results, whether those are taken from there, the folders of other shards, and the part that is computed.</summary>
internal sealed record ExampleUnits(string Folder, bool Resume, IReadOnlyList<string> MergeFolders, Shard Shard);

/// <summary>The options that examples share.</summary>
internal sealed class ExampleOptions
{
    public Option<bool> Quick { get; } = new("--quick") { Description = "Fewer images, epochs and cases: a few minutes at most." };

    public Option<DirectoryInfo?> Data { get; } = new("--data") { Description = "Folder of images, labelled by subfolder or by labels.csv (path,label and perhaps split: train, validation or test). Default: the built-in blood smear." };

    public Option<DirectoryInfo> Out { get; }

    public Option<int> Size { get; } = new("--size") { Description = "Height and width in pixels.", DefaultValueFactory = _ => 64 };

    public Option<string> Architecture { get; } = new("--architecture") { Description = $"The network: {string.Join(", ", NetworkRegistry.Names)}.", DefaultValueFactory = _ => Networks.Architecture.SmallCnn };

    public Option<string> Shard { get; } = new("--shard") { Description = "Compute part i of n, as i/n; --merge puts the parts together.", DefaultValueFactory = _ => "1/1" };

    public Option<bool> Resume { get; } = new("--resume") { Description = "Keep the finished units of work in the output folder, and compute the others." };

    public Option<DirectoryInfo[]> Merge { get; } = new("--merge") { Description = "Output folders of other shards to merge in.", AllowMultipleArgumentsPerToken = true };

    /// <param name="folder">Where results go unless the command line says otherwise.</param>
    public ExampleOptions(string folder)
    {
        Out = new("--out") { Description = $"Folder for report, figures and data. Default: {folder}.", DefaultValueFactory = _ => new(folder) };
        Architecture.AcceptOnlyFromAmong([.. NetworkRegistry.Names]);
    }

    /// <summary>What the command line says about units of work.</summary>
    public ExampleUnits UnitsOf(ParseResult arguments) => new(
        FolderIn(arguments.GetValue(Out)!),
        arguments.GetValue(Resume),
        [.. (arguments.GetValue(Merge) ?? []).Select(FolderIn)],
        MLNet.Drift.Units.Shard.Parse(arguments.GetValue(Shard)!));

    private static string FolderIn(DirectoryInfo output) => Path.Combine(output.FullName, "units");
}
