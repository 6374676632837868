using System.Collections.Concurrent;
using System.Security.Cryptography;
using Lens2Logit.IO;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.Sensors.Differentiable;
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

    // What StageWeights holds: this byte, then the weights themselves or their hash.
    private const byte Inline = 0, Hashed = 1;

    // Annotations stay in memory and in the header of .idv files. Larger stages are marked by their hash, and found while they live.
    private const int LargestInline = 64 * 1024;

    private static readonly ConcurrentDictionary<string, WeakReference<DifferentiableStage>> LargeStages = [];

    /// <summary>The annotations that an estimator promises.</summary>
    public static SchemaShape.Column[] Promised =>
    [
        SchemaColumns.Scalar(SourceKind, TextDataViewType.Instance),
        SchemaColumns.Scalar(KindKind, TextDataViewType.Instance),
        SchemaColumns.Scalar(OptionsKind, TextDataViewType.Instance),
        SchemaColumns.Vector(WeightsKind, NumberDataViewType.Byte),
    ];

    /// <summary>The weights of a stage as the mark carries them. Made once per transformer, whose weights do not change any more.</summary>
    public static byte[] Weights(DifferentiableStage stage)
    {
        using var buffer = new MemoryStream();
        ModuleWeights.Save(stage, buffer);
        if (buffer.Length <= LargestInline)
            return [Inline, .. buffer.ToArray()];
        var hash = SHA256.HashData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        foreach (var (key, reference) in LargeStages)
        {
            if (!reference.TryGetTarget(out _))
                LargeStages.TryRemove(key, out _);
        }
        LargeStages[Convert.ToHexString(hash)] = new(stage);
        return [Hashed, .. hash];
    }

    public static DataViewSchema.Annotations Of(DifferentiableStage stage, string sourceColumn, byte[] weights)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue(SourceKind, TextDataViewType.Instance, sourceColumn.AsMemory());
        builder.AddPrimitiveValue(KindKind, TextDataViewType.Instance, stage.Kind.AsMemory());
        builder.AddPrimitiveValue(OptionsKind, TextDataViewType.Instance, stage.OptionsToJson().AsMemory());
        builder.Add(WeightsKind, new VectorDataViewType(NumberDataViewType.Byte, weights.Length),
            (ref VBuffer<byte> target) => target = new VBuffer<byte>(weights.Length, (byte[])weights.Clone()));
        if (stage is DifferentiableMeasurement measurement)
            builder.Add(RawAnnotations.Of(measurement.CurrentSensor()), _ => true);
        return builder.ToAnnotations();
    }

    /// <summary>The mark of a column, or null where no stage made it.</summary>
    public static StageMark? Find(DataViewSchema.Column column) =>
        column.Annotations.TextOrNull(KindKind) is { } kind && column.Annotations.TextOrNull(SourceKind) is { } source
            ? new(source, kind, column.Annotations.TextOrNull(OptionsKind) ?? "{}")
            : null;

    /// <summary>Builds the stage of a marked column again, weights included; the caller owns it.</summary>
    /// <exception cref="ArgumentException">The kind is not registered, or a large stage is not in this process any more.</exception>
    public DifferentiableStage Rebuild(DataViewSchema.Column column)
    {
        VBuffer<byte> values = default;
        column.Annotations.GetValue(WeightsKind, ref values);
        byte[] weights = [.. values.DenseValues()];
        return StoredStage.Build(Kind, OptionsJson, stage =>
        {
            using var buffer = new MemoryStream();
            if (weights[0] == Inline)
                buffer.Write(weights.AsSpan(1));
            else
                ModuleWeights.Save(FindLarge(weights.AsSpan(1), column.Name), buffer);
            buffer.Position = 0;
            ModuleWeights.Load(stage, buffer);
        });
    }

    // A stage that was disposed has no weights any more.
    private DifferentiableStage FindLarge(ReadOnlySpan<byte> hash, string column) =>
        LargeStages.TryGetValue(Convert.ToHexString(hash), out var reference) && reference.TryGetTarget(out var stage) && stage.state_dict().Count > 0
            ? stage
            : throw new ArgumentException($"The stage '{Kind}' that made column '{column}' is too large to travel with the data, and is not in this process any more, or disposed. "
                + "Name it to the trainer: Options.Stages.");
}
