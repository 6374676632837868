using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>
/// Fills batches on a thread of its own while the network computes, into a fixed number of tensors that are used over and over:
/// <code>
/// rows ──► filling ──► filled ──► the network's batch
///            ▲                          │
///            └───────── free ◄──────────┘
/// </code>
/// Memory is bounded by the batches, and no tensor is made. For a GPU they are page-locked, so that it fetches them by itself.
/// </summary>
internal sealed class BatchReader : IDisposable
{
    private const int Buffers = 3;

    private readonly TrainingBatch[] _buffers;

    /// <param name="imageShape">Shape of one image.</param>
    /// <param name="targetShape">Shape of one target.</param>
    /// <param name="largest">Rows of the largest batch.</param>
    /// <param name="device">Where the batches go.</param>
    public BatchReader(IReadOnlyList<int> imageShape, IReadOnlyList<int> targetShape, int largest, Device device)
    {
        _buffers = [.. Enumerable.Range(0, Buffers).Select(_ => new TrainingBatch(Tensor(imageShape), Tensor(targetShape), largest, device))];

        Tensor Tensor(IReadOnlyList<int> shape)
        {
            using var scope = NewDisposeScope();
            var tensor = empty([largest, .. shape.Select(d => (long)d)], ScalarType.Float32);
            return (device.type == DeviceType.CUDA ? tensor.pin_memory() : tensor).DetachFromDisposeScope();
        }
    }

    /// <summary>
    /// The batches of the given sizes; each holds until the next one is taken.
    /// </summary>
    /// <param name="rows">At least as many rows as the sizes sum up to.</param>
    /// <param name="sizes">Rows of each batch.</param>
    public IEnumerable<TrainingBatch> Read(IEnumerable<TrainingRow> rows, IReadOnlyList<int> sizes)
    {
        using var stop = new CancellationTokenSource();
        using var free = new BlockingCollection<TrainingBatch>();
        using var filled = new BlockingCollection<TrainingBatch>();
        foreach (var buffer in _buffers)
            free.Add(buffer);
        var filling = Task.Run(() => Fill(rows, sizes, free, filled, stop.Token), CancellationToken.None);
        try
        {
            foreach (var buffer in filled.GetConsumingEnumerable(CancellationToken.None))
            {
                yield return buffer;
                free.Add(buffer, CancellationToken.None);
            }
            // What went wrong while filling is thrown here.
            filling.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            ((IAsyncResult)filling).AsyncWaitHandle.WaitOne();
        }
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
    }

    private static void Fill(IEnumerable<TrainingRow> rows, IReadOnlyList<int> sizes, BlockingCollection<TrainingBatch> free, BlockingCollection<TrainingBatch> filled, CancellationToken stop)
    {
        try
        {
            using var source = rows.GetEnumerator();
            foreach (int size in sizes)
            {
                var buffer = free.Take(stop);
                buffer.Clear();
                while (buffer.Count < size && !stop.IsCancellationRequested && source.MoveNext())
                    buffer.Add(source.Current);
                filled.Add(buffer, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody wants the rest.
        }
        finally
        {
            filled.CompleteAdding();
        }
    }
}
