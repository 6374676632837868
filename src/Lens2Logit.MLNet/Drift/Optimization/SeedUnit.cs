using System.Security.Cryptography;
using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Drift.Units;
using Lens2Logit.MLNet.Training.Loop;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Drift.Optimization;

/// <summary>What the unit of work of one seed leaves: its scores, example images, and the adapted model with its learned ISP in a file of its own.</summary>
/// <param name="Result">The scores.</param>
/// <param name="Examples">Example images.</param>
/// <param name="ModelChecksum">SHA-256 of the model's file; empty where results are not kept.</param>
internal sealed record SeedUnit(SeedResult Result, IReadOnlyList<ExampleRow> Examples, string ModelChecksum)
{
    /// <summary>The model's file beside the unit's own.</summary>
    public static string ModelPath(string folder, string unit) => UnitStore.PathOf(folder, unit) + ".zip";

    /// <summary>Writes the model's file, whole or not at all, and returns its checksum.</summary>
    public static string SaveModel(MLContext ml, ITransformer model, DataViewSchema schema, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, stream => ml.Model.Save(model, schema, stream));
        return Checksum(path);
    }

    /// <summary>Whether the model's file is there and whole.</summary>
    public bool HoldsModel(string folder, string unit) => File.Exists(ModelPath(folder, unit)) && Checksum(ModelPath(folder, unit)) == ModelChecksum;

    private static string Checksum(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file));
    }
}
