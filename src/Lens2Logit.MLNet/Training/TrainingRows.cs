using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>The rows of a training or validation set, read once and kept in memory: source images and labels.</summary>
internal sealed class TrainingRows
{
    private readonly long[] _shape;
    private readonly List<float[]> _images = [];
    private readonly List<long> _labels = [];

    private TrainingRows(IEnumerable<int> shape) => _shape = [.. shape.Select(d => (long)d)];

    public int Count => _images.Count;

    public IReadOnlyList<long> Labels => _labels;

    /// <summary>Reads only the two columns. Rows without a label are left out with a warning.</summary>
    /// <exception cref="ArgumentException">A column is missing or has another shape.</exception>
    /// <exception cref="InvalidDataException">A pixel is not finite; the message names row, column and pixel.</exception>
    public static TrainingRows Read(IDataView data, string imageColumn, IReadOnlyList<int> shape, string labelColumn, IChannel channel, CancellationToken cancellation)
    {
        var image = data.Schema.Require(imageColumn, "source");
        var label = data.Schema.Require(labelColumn, "label");
        int[] dimensions = [.. shape];
        if (!ImageShape.Require(image, "source", dimensions.Length, $"Vector<Single>[{string.Join(", ", dimensions)}]").SequenceEqual(dimensions))
            throw SchemaColumns.WrongType(image.Name, "source", image.Type.ToString()!, $"Vector<Single>[{string.Join(", ", dimensions)}]");
        if (label.Type is not KeyDataViewType)
            throw SchemaColumns.WrongType(label.Name, "label", label.Type.ToString()!, "a key");

        var rows = new TrainingRows(shape);
        int length = dimensions.Aggregate(1, (a, b) => checked(a * b)), unlabelled = 0;
        using var cursor = data.GetRowCursor([image, label]);
        var getImage = cursor.GetGetter<VBuffer<float>>(image);
        var getLabel = cursor.GetGetter<uint>(label);
        VBuffer<float> vector = default;
        uint key = 0;
        while (!cancellation.IsCancellationRequested && cursor.MoveNext())
        {
            getLabel(ref key);
            if (key == 0)
            {
                unlabelled++;
                continue;
            }
            getImage(ref vector);
            var values = new float[length];
            ImageShape.Copy(in vector, values, image.Name, cursor.Position);
            StageInference.RequireFinite(values, dimensions, image.Name, cursor.Position);
            rows._images.Add(values);
            rows._labels.Add(key - 1);
        }
        if (unlabelled > 0)
            channel.Warning($"{unlabelled} row(s) have no label in column '{labelColumn}' and are left out.");
        return rows;
    }

    /// <summary>The rows of a batch as tensors [N, …] and [N]; they belong to the current dispose scope.</summary>
    public (Tensor Images, Tensor Labels) Batch(ReadOnlySpan<int> indices, Device device)
    {
        int length = _images[0].Length;
        var images = new float[indices.Length * length];
        var labels = new long[indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            _images[indices[i]].CopyTo(images, i * length);
            labels[i] = _labels[indices[i]];
        }
        return (tensor(images, [indices.Length, .. _shape], device: device), tensor(labels, device: device));
    }
}
