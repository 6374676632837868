using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lens2Logit.MLNet.Drift.Optimization;

/// <summary>An arm by its text, also as the name of a property.</summary>
internal sealed class OptimizationArmConverter : JsonConverter<OptimizationArm>
{
    private static readonly Dictionary<string, OptimizationArm> Arms =
        (from start in Enum.GetValues<OptimizationStart>() from use in Enum.GetValues<DataModelUse>() select new OptimizationArm(start, use)).ToDictionary(arm => arm.ToString());

    public override OptimizationArm Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text && Arms.TryGetValue(text, out var arm) ? arm : throw new JsonException($"There is no arm '{reader.GetString()}'.");

    public override void Write(Utf8JsonWriter writer, OptimizationArm value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    public override OptimizationArm ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, OptimizationArm value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString());
}
