using System.Text.Json;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.Sensors;
using Lens2Logit.Stages;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>Names of the annotations of a raw column: what its numbers mean.</summary>
public static class RawAnnotations
{
    /// <summary>The colour filter array, text: a name of <see cref="CfaPattern"/>, or empty if it is unknown.</summary>
    public const string CfaPattern = "CfaPattern";

    /// <summary>Bits of a digital number, Int32. Raw values are DN / (2^bits − 1). 0 for floating point.</summary>
    public const string BitDepth = "BitDepth";

    /// <summary>Raw value of no light, Single in [0, 1].</summary>
    public const string BlackLevel = "BlackLevel";

    /// <summary>Raw value of saturation, Single in [0, 1].</summary>
    public const string WhiteLevel = "WhiteLevel";

    /// <summary>Name of the sensor, text.</summary>
    public const string SensorName = "SensorName";

    /// <summary>
    /// How to develop the images, text: <see cref="CameraParameters"/> as JSON, or empty if it is unknown. <c>ProcessRaw</c> uses it unless
    /// it is given a camera.
    /// </summary>
    public const string Camera = "CameraParameters";

    /// <summary>
    /// What a raw column says of its camera: everything, where it names one (<see cref="Camera"/>), or else sensor name, colour filter array
    /// and black level (the same at all four positions), with white balance and colour matrix of <see cref="CameraParameters.Identity"/>.
    /// </summary>
    /// <param name="raw">A raw column, such as <c>data.Schema["Raw"]</c>.</param>
    /// <returns>The camera, or null where the column states no black level or no Bayer pattern.</returns>
    /// <example><code>ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = RawAnnotations.CameraOf(data.Schema["Raw"])! with { WhiteBalance = [2, 1, 1.5] } })</code></example>
    public static CameraParameters? CameraOf(DataViewSchema.Column raw)
    {
        if (raw.Annotations.TextOrNull(Camera) is { Length: > 0 } json)
            return StageJson.Read<CameraParameters>(json);
        if (!Enum.TryParse<Sensors.CfaPattern>(raw.Annotations.TextOrNull(CfaPattern), out var cfa) || !cfa.IsBayer()
            || raw.Annotations.ValueOrNull<float>(BlackLevel, NumberDataViewType.Single) is not { } black)
            return null;
        return new() { Name = raw.Annotations.TextOrNull(SensorName) ?? raw.Name, Cfa = cfa, BlackLevel = [black, black, black, black] };
    }

    internal static int? BitDepthOf(DataViewSchema.Column raw) => raw.Annotations.ValueOrNull<int>(BitDepth, NumberDataViewType.Int32);

    internal static SchemaShape.Column[] Promised =>
    [
        SchemaColumns.Scalar(CfaPattern, TextDataViewType.Instance),
        SchemaColumns.Scalar(BitDepth, NumberDataViewType.Int32),
        SchemaColumns.Scalar(BlackLevel, NumberDataViewType.Single),
        SchemaColumns.Scalar(WhiteLevel, NumberDataViewType.Single),
        SchemaColumns.Scalar(SensorName, TextDataViewType.Instance),
    ];

    internal static SchemaShape.Column[] PromisedWithCamera => [.. Promised, SchemaColumns.Scalar(Camera, TextDataViewType.Instance)];

    internal static DataViewSchema.Annotations Of(SensorModel sensor)
    {
        float white = Math.Min(1, (sensor.BlackLevelDn + sensor.SaturationElectrons * sensor.SystemGain) / sensor.MaximumDn);
        return Build(sensor.Cfa.ToString(), sensor.BitDepth, sensor.BlackLevelDn / sensor.MaximumDn, white, sensor.Name).ToAnnotations();
    }

    /// <summary>What files say of their camera; null where they say nothing.</summary>
    internal static DataViewSchema.Annotations Of(CameraParameters? camera, int bitDepth)
    {
        var builder = Build(camera?.Cfa.ToString() ?? "", bitDepth, (float)(camera?.BlackLevel.Average() ?? 0), (float)(camera?.WhiteLevel ?? 1), camera?.Name ?? "");
        AddText(builder, Camera, camera is null ? "" : JsonSerializer.Serialize(camera, StageJson.Format));
        return builder.ToAnnotations();
    }

    /// <exception cref="ArgumentException">The column says that it holds another mosaic.</exception>
    internal static void RequirePattern(DataViewSchema.Column raw, CfaPattern expected)
    {
        if (raw.Annotations.TextOrNull(CfaPattern) is not { Length: > 0 } found || found == expected.ToString())
            return;
        if (found == nameof(Sensors.CfaPattern.Monochrome))
            throw new ArgumentException($"Column '{raw.Name}' holds the image of a monochrome sensor; an ISP develops colour and needs a Bayer mosaic ({expected} here).");
        throw new ArgumentException($"Column '{raw.Name}' holds a {found} mosaic, but the camera parameters say {expected}. Set CameraParameters.Cfa to {found}.");
    }

    internal static string? TextOrNull(this DataViewSchema.Annotations annotations, string kind)
    {
        if (annotations.Schema.GetColumnOrNull(kind) is not { Type: TextDataViewType })
            return null;
        ReadOnlyMemory<char> value = default;
        annotations.GetValue(kind, ref value);
        return value.ToString();
    }

    private static T? ValueOrNull<T>(this DataViewSchema.Annotations annotations, string kind, DataViewType type)
        where T : struct
    {
        if (annotations.Schema.GetColumnOrNull(kind) is not { } column || column.Type != type)
            return null;
        T value = default;
        annotations.GetValue(kind, ref value);
        return value;
    }

    private static DataViewSchema.Annotations.Builder Build(string cfa, int bitDepth, float black, float white, string sensor)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        AddText(builder, CfaPattern, cfa);
        builder.AddPrimitiveValue(BitDepth, NumberDataViewType.Int32, bitDepth);
        builder.AddPrimitiveValue(BlackLevel, NumberDataViewType.Single, black);
        builder.AddPrimitiveValue(WhiteLevel, NumberDataViewType.Single, white);
        AddText(builder, SensorName, sensor);
        return builder;
    }

    private static void AddText(DataViewSchema.Annotations.Builder builder, string kind, string text) =>
        builder.AddPrimitiveValue(kind, TextDataViewType.Instance, text.AsMemory());
}
