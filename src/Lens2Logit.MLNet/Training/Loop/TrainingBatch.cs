using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>Rows side by side in two tensors that are filled again and again.</summary>
/// <param name="images">[capacity, …], Float32, on the CPU.</param>
/// <param name="targets">[capacity, …], Float32, on the CPU.</param>
/// <param name="capacity">Most rows that it can hold.</param>
/// <param name="device">Where the network is.</param>
internal sealed class TrainingBatch(Tensor images, Tensor targets, int capacity, Device device) : IDisposable
{
    private readonly ulong[] _keys = new ulong[capacity];

    public int Count { get; private set; }

    /// <summary>Identities of the rows.</summary>
    public ReadOnlySpan<ulong> Keys => _keys.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(TrainingRow row)
    {
        row.Image.CopyTo(NextRow(images));
        row.Target.CopyTo(NextRow(targets));
        _keys[Count++] = row.Key;
    }

    /// <summary>Images [N, …] and targets [N, …] on the device, in the current dispose scope; on the CPU they share the batch's memory.</summary>
    public (Tensor Images, Tensor Targets) ToDevice() =>
        (images.narrow(0, 0, Count).to(device, non_blocking: true), targets.narrow(0, 0, Count).to(device, non_blocking: true));

    public void Dispose()
    {
        images.Dispose();
        targets.Dispose();
    }

    private Span<float> NextRow(Tensor tensor)
    {
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        int length = values.Length / capacity;
        return values.Slice(Count * length, length);
    }
}
