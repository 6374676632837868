using System.Globalization;
using Microsoft.ML;

namespace Lens2Logit.Tests;

/// <summary>A process that references the libraries and calls ML.NET alone: what a model gives there.</summary>
internal static class OtherProcess
{
    public static float[][] Read(MLContext ml, ITransformer model, IDataView data, string column)
    {
        using var folder = new TemporaryFolder();
        ml.Model.Save(model, data.Schema, folder.File("model.zip"));
        using (var file = File.Create(folder.File("data.idv")))
            ml.Data.SaveAsBinary(data, file);
        return [.. Run(Directory, folder.File("model.zip"), folder.File("data.idv"), column).Select(line => line.Split(' ').Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray())];
    }

    /// <summary>Where the program lies that is run.</summary>
    public static string Directory => AppContext.BaseDirectory.Replace("Lens2Logit.MLNet.Tests", "Lens2Logit.ModelConsumer", StringComparison.Ordinal);

    /// <summary>Runs the program, or a copy of it, and returns the lines it prints.</summary>
    public static string[] Run(string directory, params string[] arguments) =>
        DotNet.Run(null, [Path.Combine(directory, "Lens2Logit.ModelConsumer.dll"), .. arguments]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
