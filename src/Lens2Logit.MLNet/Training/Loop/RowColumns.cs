using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>The two columns of a data view that training reads.</summary>
internal sealed class RowColumns
{
    private readonly IDataView _data;
    private readonly DataViewSchema.Column _image, _target;
    private readonly int[] _imageShape;

    /// <exception cref="ArgumentException">A column is missing or has another shape.</exception>
    public RowColumns(IDataView data, string imageColumn, IReadOnlyList<int> imageShape, TargetColumn target)
    {
        (_data, _imageShape, Target) = (data, [.. imageShape], target);
        _image = data.Schema.Require(imageColumn, "source");
        _target = data.Schema.Require(target.Name, target.Role);
        var expected = $"Vector<Single>[{string.Join(", ", _imageShape)}]";
        if (!Transforms.ImageShape.Require(_image, "source", _imageShape.Length, expected).SequenceEqual(_imageShape))
            throw SchemaColumns.WrongType(_image.Name, "source", _image.Type.ToString()!, expected);
        target.RequireType(_target);
    }

    public TargetColumn Target { get; }

    public IReadOnlyList<int> ImageShape => _imageShape;

    /// <summary>Reads every row that has a target; images only if asked for, else they are empty.</summary>
    /// <returns>How many rows have no target.</returns>
    public int ReadAll(bool withImages, Action<TrainingRow> take)
    {
        int missing = 0;
        using var cursor = _data.GetRowCursor(withImages ? [_image, _target] : [_target]);
        var read = Reader(cursor, withImages);
        while (cursor.MoveNext())
        {
            if (read() is { } row)
                take(row);
            else
                missing++;
        }
        return missing;
    }

    /// <summary>Reads every row that has a target, shuffled by the seed as far as the data view can.</summary>
    public IEnumerable<TrainingRow> Read(int? seed)
    {
        using var cursor = _data.GetRowCursor([_image, _target], seed is { } value && _data.CanShuffle ? new Random(value) : null);
        var read = Reader(cursor, withImages: true);
        while (cursor.MoveNext())
        {
            if (read() is { } row)
                yield return row;
        }
    }

    private Func<TrainingRow?> Reader(DataViewRowCursor cursor, bool withImages)
    {
        var getImage = withImages ? cursor.GetGetter<VBuffer<float>>(_image) : null;
        var getTarget = Target.Reader(cursor, _target);
        var getKey = RowKey.Reader(cursor, null);
        int length = Transforms.ImageShape.Length(_imageShape);
        VBuffer<float> vector = default;
        return () =>
        {
            if (getTarget() is not { } target)
                return null;
            float[] image = [];
            if (getImage is not null)
            {
                getImage(ref vector);
                image = new float[length];
                Transforms.ImageShape.Copy(in vector, image, _image.Name, cursor.Position);
                StageInference.RequireFinite(image, _imageShape, _image.Name, cursor.Position);
            }
            return new(image, target, getKey());
        };
    }
}
