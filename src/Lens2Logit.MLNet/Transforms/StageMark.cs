using Lens2Logit.IO;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.Stages;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>
/// The mark that a differentiable stage leaves on its output column, as annotations of plain values: which column it read, what it
/// is, its options and its weights. A trainer behind it rebuilds the stage from the mark and trains through it.
/// </summary>
/// <param name="SourceColumn">Name of the stage's input column.</param>
/// <param name="Kind">The stage's <see cref="DifferentiableStage.Kind"/>.</param>
/// <param name="OptionsJson">The stage's options.</param>
internal sealed record StageMark(string SourceColumn, string Kind, string OptionsJson)
{
    private const string SourceKind = "StageSource", KindKind = "StageKind", OptionsKind = "StageOptions", WeightsKind = "StageWeights";

    // ML.NET keeps annotations in memory and in .idv headers; larger stages need another way.
    private const int LargestMark = 64 * 1024;

    /// <summary>The annotations that an estimator promises.</summary>
    public static SchemaShape.Column[] Promised =>
    [
        SchemaColumns.Scalar(SourceKind, TextDataViewType.Instance),
        SchemaColumns.Scalar(KindKind, TextDataViewType.Instance),
        SchemaColumns.Scalar(OptionsKind, TextDataViewType.Instance),
        SchemaColumns.Vector(WeightsKind, NumberDataViewType.Byte),
    ];

    public static bool IsPromisedBy(SchemaShape.Column column) => column.Annotations.TryFindColumn(KindKind, out _);

    public static DataViewSchema.Annotations Of(DifferentiableStage stage, string sourceColumn)
    {
        var weights = Weights(stage);
        if (weights.Length > LargestMark)
            throw new NotSupportedException($"The stage '{stage.Kind}' has {weights.Length} bytes of weights; a column can carry {LargestMark}.");
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue(SourceKind, TextDataViewType.Instance, sourceColumn.AsMemory());
        builder.AddPrimitiveValue(KindKind, TextDataViewType.Instance, stage.Kind.AsMemory());
        builder.AddPrimitiveValue(OptionsKind, TextDataViewType.Instance, stage.OptionsToJson().AsMemory());
        builder.Add(WeightsKind, new VectorDataViewType(NumberDataViewType.Byte, weights.Length),
            (ref VBuffer<byte> target) => target = new VBuffer<byte>(weights.Length, (byte[])weights.Clone()));
        return builder.ToAnnotations();
    }

    /// <summary>The mark of a column, or null where no stage made it.</summary>
    public static StageMark? Find(DataViewSchema.Column column) =>
        column.Annotations.TextOrNull(KindKind) is { } kind && column.Annotations.TextOrNull(SourceKind) is { } source
            ? new(source, kind, column.Annotations.TextOrNull(OptionsKind) ?? "{}")
            : null;

    /// <summary>Builds the stage of a marked column again, weights included; the caller owns it.</summary>
    public DifferentiableStage Rebuild(DataViewSchema.Column column)
    {
        VBuffer<byte> weights = default;
        column.Annotations.GetValue(WeightsKind, ref weights);
        var stage = StageRegistry.Create(Kind, OptionsJson);
        try
        {
            ModuleWeights.Load(stage, new MemoryStream([.. weights.DenseValues()]));
            return stage;
        }
        catch
        {
            stage.Dispose();
            throw;
        }
    }

    private static byte[] Weights(nn.Module stage)
    {
        using var buffer = new MemoryStream();
        ModuleWeights.Save(stage, buffer);
        return buffer.ToArray();
    }
}
