using System.CommandLine;
using Lens2Logit.Networks;

namespace Lens2Logit.Examples;

/// <summary>The options that examples share.</summary>
internal sealed class ExampleOptions
{
    public Option<bool> Quick { get; } = new("--quick") { Description = "Fewer images, epochs and cases: a few minutes at most." };

    public Option<DirectoryInfo?> Data { get; } = new("--data") { Description = "Folder of images, labelled by subfolder or by labels.csv (path,label and perhaps split: train, validation or test). Default: the built-in blood smear." };

    public Option<DirectoryInfo> Out { get; }

    public Option<int> Size { get; } = new("--size") { Description = "Height and width in pixels.", DefaultValueFactory = _ => 64 };

    public Option<string> Architecture { get; } = new("--architecture") { Description = $"The network: {string.Join(", ", NetworkRegistry.Names)}.", DefaultValueFactory = _ => Networks.Architecture.SmallCnn };

    /// <param name="folder">Where results go unless the command line says otherwise.</param>
    public ExampleOptions(string folder)
    {
        Out = new("--out") { Description = $"Folder for report, figures and data. Default: {folder}.", DefaultValueFactory = _ => new(folder) };
        Architecture.AcceptOnlyFromAmong([.. NetworkRegistry.Names]);
    }
}
