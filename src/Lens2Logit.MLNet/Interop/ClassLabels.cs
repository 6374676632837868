using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Interop;

/// <summary>The values behind a label's keys, in their own type, so that mapping a predicted key back gives what went in.</summary>
/// <param name="Type">Name of the .NET type: String, Single, Double, Int32, Int64, UInt32, UInt64, Int16, UInt16, Byte, SByte or Boolean.</param>
/// <param name="Values">The values, written invariantly; without key values, the numbers from 1.</param>
/// <param name="HasValues">False where the label's key type came without values.</param>
internal sealed record ClassLabels(string Type, IReadOnlyList<string> Values, bool HasValues)
{
    private const string KeyValues = AnnotationUtils.Kinds.KeyValues;

    [JsonIgnore]
    public int Count => Values.Count;

    [JsonIgnore]
    public bool IsText => HasValues && Type == "String";

    /// <exception cref="ArgumentException">The column is no key of known size, or its values are of a type that cannot be kept.</exception>
    public static ClassLabels Of(DataViewSchema.Column label)
    {
        var key = RequireKey(label);
        if (label.Annotations.Schema.GetColumnOrNull(KeyValues) is not { } values)
            return new("String", [.. Enumerable.Range(1, checked((int)key.Count)).Select(i => i.ToString(CultureInfo.InvariantCulture))], HasValues: false);
        var item = ((VectorDataViewType)values.Type).ItemType;
        if (item is TextDataViewType)
        {
            VBuffer<ReadOnlyMemory<char>> texts = default;
            label.Annotations.GetValue(KeyValues, ref texts);
            return new("String", [.. texts.DenseValues().Select(t => t.ToString())], HasValues: true);
        }
        return new(item.RawType.Name, Kinds.TryGetValue(item.RawType.Name, out var kind)
            ? kind.Read(label)
            : throw new ArgumentException($"The keys of label column '{label.Name}' stand for values of type {item}; expected text, a number or a Boolean."), HasValues: true);
    }

    /// <exception cref="ArgumentException">The column is no key as MapValueToKey makes them.</exception>
    public static KeyDataViewType RequireKey(DataViewSchema.Column label) => label.Type is KeyDataViewType key && key.RawType == typeof(uint)
        ? key
        : throw SchemaColumns.WrongType(label.Name, "label", label.Type.ToString()!, $"a key of type UInt32; put Conversion.MapValueToKey(\"{label.Name}\") before the trainer");

    /// <summary>Adds the values as an annotation, if there are any.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder builder, string kind)
    {
        if (!HasValues)
            return;
        if (IsText)
            Add(builder, kind, TextDataViewType.Instance, Array.ConvertAll([.. Values], v => v.AsMemory()));
        else
            Kinds[Type].Add(this, builder, kind);
    }

    private static readonly Dictionary<string, (Func<DataViewSchema.Column, string[]> Read, Action<ClassLabels, DataViewSchema.Annotations.Builder, string> Add)> Kinds = new()
    {
        ["Single"] = Number<float>(NumberDataViewType.Single),
        ["Double"] = Number<double>(NumberDataViewType.Double),
        ["SByte"] = Number<sbyte>(NumberDataViewType.SByte),
        ["Byte"] = Number<byte>(NumberDataViewType.Byte),
        ["Int16"] = Number<short>(NumberDataViewType.Int16),
        ["UInt16"] = Number<ushort>(NumberDataViewType.UInt16),
        ["Int32"] = Number<int>(NumberDataViewType.Int32),
        ["UInt32"] = Number<uint>(NumberDataViewType.UInt32),
        ["Int64"] = Number<long>(NumberDataViewType.Int64),
        ["UInt64"] = Number<ulong>(NumberDataViewType.UInt64),
        ["Boolean"] = (label => Read<bool>(label), (labels, builder, kind) => Add(builder, kind, BooleanDataViewType.Instance, Array.ConvertAll([.. labels.Values], bool.Parse))),
    };

    private static (Func<DataViewSchema.Column, string[]>, Action<ClassLabels, DataViewSchema.Annotations.Builder, string>) Number<T>(PrimitiveDataViewType type)
        where T : struct, IParsable<T> =>
        (Read<T>, (labels, builder, kind) => Add(builder, kind, type, Array.ConvertAll([.. labels.Values], v => T.Parse(v, CultureInfo.InvariantCulture))));

    private static string[] Read<T>(DataViewSchema.Column label)
    {
        VBuffer<T> values = default;
        label.Annotations.GetValue(KeyValues, ref values);
        return [.. values.DenseValues().Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)!)];
    }

    private static void Add<T>(DataViewSchema.Annotations.Builder builder, string kind, PrimitiveDataViewType type, T[] values) =>
        builder.Add(kind, new VectorDataViewType(type, values.Length), (ref VBuffer<T> target) => target = new VBuffer<T>(values.Length, (T[])values.Clone()));
}
