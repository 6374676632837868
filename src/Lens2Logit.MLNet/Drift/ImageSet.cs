using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.MLNet.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Drift;

/// <summary>
/// Images with their labels or masks and row keys, read once and kept in memory: scenes [3, H, W] in linear light, raw images [H, W] or views [3, H, W].
/// With masks [H, W] the label says whether a mask is empty.
/// </summary>
internal sealed class ImageSet(int[] shape, float[][] images, string[] labels, ulong[] keys, float[][]? masks = null)
{
    private const string Expected = "an image of known size, or Vector<Single>[3, H, W] or [H, W]";

    public int[] Shape => shape;

    public float[][] Images => images;

    public string[] Labels => labels;

    public ulong[] Keys => keys;

    public int Count => images.Length;

    public int Height => shape[^2];

    public int Width => shape[^1];

    /// <exception cref="ArgumentException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">There is no labelled row, or a row's image is missing or has another size.</exception>
    public static ImageSet Read(DriftData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var schema = data.View.Schema;
        var image = schema.Require(data.ImageColumnName, "image");
        var target = data.MaskColumnName is { } maskName ? schema.Require(maskName, "mask") : schema.Require(data.LabelColumnName, "label");
        DataViewSchema.Column? key = data.RowKeyColumnName is { } name ? schema.Require(name, "row key") : null;
        if (key is { } column)
            RowKey.RequireType(column);
        var shape = ShapeOf(image);

        var (images, labels, keys, masks) = (new List<float[]>(), new List<string>(), new List<ulong>(), new List<float[]>());
        using var cursor = data.View.GetRowCursor(key is { } k ? [image, target, k] : [image, target]);
        using var scenes = shape.Length == 3 ? new SceneReader(cursor, image, 3, shape[1], shape[2], SceneReader.SrgbToLinear) : null;
        var getRaw = shape.Length == 2 ? cursor.GetGetter<VBuffer<float>>(image) : null;
        var getMask = data.MaskColumnName is null ? null : MaskReader(cursor, target, shape[^2], shape[^1]);
        var getLabel = getMask is null ? LabelReader(cursor, target) : null;
        var getKey = RowKey.Reader(cursor, key);
        VBuffer<float> raw = default;
        while (cursor.MoveNext())
        {
            var mask = getMask?.Invoke();
            var text = getLabel is not null ? getLabel() : mask is null ? "" : mask.Contains(1) ? "objects" : "empty";
            if (text.Length == 0)
                continue;
            var values = new float[ImageShape.Length(shape)];
            if (scenes is not null)
            {
                scenes.Read().CopyTo(values);
            }
            else
            {
                getRaw!(ref raw);
                ImageShape.Copy(in raw, values, image.Name, cursor.Position);
            }
            StageInference.RequireFinite(values, shape, image.Name, cursor.Position);
            images.Add(values);
            labels.Add(text);
            keys.Add(getKey());
            if (mask is not null)
                masks.Add(mask);
        }
        if (images.Count == 0)
            throw new InvalidDataException($"There is no row with a {(getMask is null ? "label" : "mask")} in column '{target.Name}'.");
        return new(shape, [.. images], [.. labels], [.. keys], getMask is null ? null : [.. masks]);
    }

    public ImageSet Subset(IReadOnlyList<int> rows) => new(shape, [.. rows.Select(r => images[r])], [.. rows.Select(r => labels[r])], [.. rows.Select(r => keys[r])],
        masks is null ? null : [.. rows.Select(r => masks[r])]);

    /// <summary>At most so many images, always the same ones, at random from all over the set: sets that are built in a rhythm have no favourites.</summary>
    public int[] Some(int count)
    {
        var rows = Enumerable.Range(0, Count).ToArray();
        new Random(1).Shuffle(rows);
        return [.. rows.Take(count).Order()];
    }

    /// <summary>The same labels, masks and keys with other images.</summary>
    public ImageSet With(int[] newShape, float[][] newImages) => new(newShape, newImages, labels, keys, masks);

    /// <summary>The set as a data view with columns of these names: images, and labels as text, or masks where there are some.</summary>
    public IDataView ToView(MLContext ml, string imageColumn, string labelColumn)
    {
        if (masks is not null)
            return ToMaskedView(ml, imageColumn, labelColumn);
        var schema = SchemaDefinition.Create(typeof(Row));
        var (image, label) = (schema[nameof(Row.Image)], schema[nameof(Row.Label)]);
        (image.ColumnName, image.ColumnType) = (imageColumn, new VectorDataViewType(NumberDataViewType.Single, shape));
        label.ColumnName = labelColumn;
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(i => new Row { Image = images[i], Label = labels[i] }), schema);
    }

    private IDataView ToMaskedView(MLContext ml, string imageColumn, string maskColumn)
    {
        var schema = SchemaDefinition.Create(typeof(MaskedRow));
        var (image, mask) = (schema[nameof(MaskedRow.Image)], schema[nameof(MaskedRow.Mask)]);
        (image.ColumnName, image.ColumnType) = (imageColumn, new VectorDataViewType(NumberDataViewType.Single, shape));
        (mask.ColumnName, mask.ColumnType) = (maskColumn, new VectorDataViewType(NumberDataViewType.Single, Height, Width));
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(i => new MaskedRow { Image = images[i], Mask = masks![i] }), schema);
    }

    /// <summary>SHA-256 of shape, labels, masks, keys and pixels: tells data sets apart.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<int>(shape));
        for (int i = 0; i < Count; i++)
        {
            hash.AppendData(MemoryMarshal.AsBytes<float>(images[i]));
            if (masks is not null)
                hash.AppendData(MemoryMarshal.AsBytes<float>(masks[i]));
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{labels[i]}\n{keys[i]}\n")));
        }
        return Convert.ToHexString(hash.GetHashAndReset())[..16];
    }

    private static int[] ShapeOf(DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType { Dimensions.Length: 2 })
            return ImageShape.Require(column, "image", 2, Expected);
        var (channels, height, width) = SceneReader.ShapeOf(column, "image", Expected, "the drift applications");
        return [channels, height, width];
    }

    private static Func<float[]?> MaskReader(DataViewRow row, DataViewSchema.Column column, int height, int width)
    {
        var reader = new MaskColumn(column.Name, height, width);
        reader.RequireType(column);
        return reader.Reader(row, column);
    }

    /// <summary>The label as text; empty where it is missing.</summary>
    private static Func<string> LabelReader(DataViewRow row, DataViewSchema.Column label)
    {
        if (label.Type is KeyDataViewType)
        {
            var names = ClassLabels.Of(label).Values;
            var get = row.GetGetter<uint>(label);
            uint key = 0;
            return () =>
            {
                get(ref key);
                return key == 0 ? "" : names[(int)key - 1];
            };
        }
        if (label.Type is not TextDataViewType)
            throw SchemaColumns.WrongType(label.Name, "label", label.Type.ToString()!, "text, or a key that MapValueToKey made");
        var getText = row.GetGetter<ReadOnlyMemory<char>>(label);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getText(ref text);
            return text.ToString();
        };
    }

    private sealed class Row
    {
        public float[] Image { get; set; } = [];

        public string Label { get; set; } = "";
    }

    private sealed class MaskedRow
    {
        public float[] Image { get; set; } = [];

        public float[] Mask { get; set; } = [];
    }
}
