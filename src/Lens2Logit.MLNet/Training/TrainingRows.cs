using System.Runtime.InteropServices;
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
    private readonly List<ulong> _keys = [];

    private TrainingRows(IEnumerable<int> shape) => _shape = [.. shape.Select(d => (long)d)];

    public int Count => _images.Count;

    public IReadOnlyList<long> Labels => _labels;

    /// <summary>Reads only the two columns. Rows without a label are left out with a warning.</summary>
    /// <exception cref="ArgumentException">A column is missing or has another shape.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while reading.</exception>
    /// <exception cref="InvalidDataException">A pixel is not finite; the message names row, column and pixel.</exception>
    public static TrainingRows Read(IDataView data, string imageColumn, IReadOnlyList<int> shape, string labelColumn, IChannel channel, CancellationToken cancellation)
    {
        var image = data.Schema.Require(imageColumn, "source");
        var label = data.Schema.Require(labelColumn, "label");
        int[] dimensions = [.. shape];
        if (!ImageShape.Require(image, "source", dimensions.Length, $"Vector<Single>[{string.Join(", ", dimensions)}]").SequenceEqual(dimensions))
            throw SchemaColumns.WrongType(image.Name, "source", image.Type.ToString()!, $"Vector<Single>[{string.Join(", ", dimensions)}]");
        ClassLabels.RequireKey(label);

        var rows = new TrainingRows(shape);
        int length = ImageShape.Length(dimensions), unlabelled = 0;
        using var cursor = data.GetRowCursor([image, label]);
        var getImage = cursor.GetGetter<VBuffer<float>>(image);
        var getLabel = cursor.GetGetter<uint>(label);
        var readKey = RowKey.Reader(cursor, null);
        VBuffer<float> vector = default;
        uint key = 0;
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
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
            rows._keys.Add(readKey());
        }
        if (unlabelled > 0)
            channel.Warning($"{unlabelled} row(s) have no label in column '{labelColumn}' and are left out.");
        return rows;
    }

    /// <summary>The keys of rows, on which the noise of a stage depends: other ones for every seed, those of the rows themselves for 0.</summary>
    public ulong[] Keys(ReadOnlySpan<int> indices, int epochSeed = 0)
    {
        var keys = new ulong[indices.Length];
        // An odd constant (2^64 over the golden ratio) spreads the seeds over all bits.
        for (int i = 0; i < keys.Length; i++)
            keys[i] = unchecked(_keys[indices[i]] + (0x9E3779B97F4A7C15 * (ulong)epochSeed));
        return keys;
    }

    /// <summary>The rows of a batch as tensors [N, …] and [N]; they belong to the current dispose scope.</summary>
    public (Tensor Images, Tensor Labels) Batch(ReadOnlySpan<int> indices, Device device)
    {
        var images = empty([indices.Length, .. _shape], ScalarType.Float32);
        var labels = new long[indices.Length];
        var target = MemoryMarshal.Cast<byte, float>(images.bytes);
        for (int i = 0; i < indices.Length; i++)
        {
            var image = _images[indices[i]];
            image.CopyTo(target[(i * image.Length)..]);
            labels[i] = _labels[indices[i]];
        }
        return (images.to(device), tensor(labels, device: device));
    }
}
