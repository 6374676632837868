using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>
/// A column of binary masks: a vector [H, W] or [1, H, W] of 0 and 1, or an 8-bit image of 0 and 255. A row without an image has none.
/// </summary>
internal sealed class MaskColumn(string name, int height, int width) : TargetColumn
{
    private const string Expected = "Vector<Single>[H, W] of 0 and 1, or an image of 0 and 255";

    public override string Name => name;

    public override IReadOnlyList<int> Shape => [height, width];

    public override string Role => "mask";

    /// <summary>What an estimator can check before Fit.</summary>
    /// <exception cref="ArgumentException">The column is neither a vector of Single nor an image.</exception>
    public static void RequireType(SchemaShape.Column column)
    {
        if (column.Kind == SchemaShape.Column.VectorKind.Vector ? column.ItemType != NumberDataViewType.Single : column.ItemType is not ImageDataViewType)
            throw SchemaColumns.WrongType(column.Name, "mask", column.Describe(), Expected);
    }

    public override void RequireType(DataViewSchema.Column column)
    {
        if (column.Type is ImageDataViewType)
            return;
        var expected = $"Vector<Single>[{height}, {width}], the size of the views, or an image";
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType item } vector || item != NumberDataViewType.Single
            || !(vector.Dimensions is [var h, var w] && (h, w) == (height, width)) && !(vector.Dimensions is [1, var h1, var w1] && (h1, w1) == (height, width)))
            throw SchemaColumns.WrongType(column.Name, Role, column.Type.ToString()!, expected);
    }

    public override Func<float[]?> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not ImageDataViewType)
        {
            var getVector = row.GetGetter<VBuffer<float>>(column);
            VBuffer<float> vector = default;
            return () =>
            {
                getVector(ref vector);
                var mask = new float[height * width];
                ImageShape.Copy(in vector, mask, name, row.Position);
                RequireBinary(mask, row.Position);
                return mask;
            };
        }
        var getImage = row.GetGetter<MLImage>(column);
        return () =>
        {
            MLImage? image = null;
            getImage(ref image!);
            using (image)
                return image is null ? null : FromImage(image, row.Position);
        };
    }

    public override int Stratum(float[] target) => target.Contains(1) ? 1 : 0;

    private float[] FromImage(MLImage image, long row)
    {
        if (image.Height != height || image.Width != width)
            throw new InvalidDataException($"Row {row} of column '{name}' is a mask of {image.Height}×{image.Width} pixels; expected {height}×{width}, the size of the views.");
        var pixels = image.Pixels;
        var mask = new float[height * width];
        for (int i = 0; i < mask.Length; i++)
        {
            // Grey images come with three equal colours.
            mask[i] = pixels[4 * i] / 255f;
            if (pixels[4 * i + 1] != pixels[4 * i] || pixels[4 * i + 2] != pixels[4 * i])
                throw NotBinary(i, row, "coloured");
        }
        RequireBinary(mask, row);
        return mask;
    }

    private void RequireBinary(float[] mask, long row)
    {
        int index = mask.AsSpan().IndexOfAnyExcept(0f, 1f);
        if (index >= 0)
            throw NotBinary(index, row, FormattableString.Invariant($"{mask[index]:G4}"));
    }

    private InvalidDataException NotBinary(int index, long row, string found) => new(
        $"Row {row} of column '{name}' is no binary mask: the pixel in row {index / width}, column {index % width} is {found}; expected 0 or 1 (0 or 255 in an image). "
        + "Compare with a threshold, and change the size of masks without interpolation.");
}
