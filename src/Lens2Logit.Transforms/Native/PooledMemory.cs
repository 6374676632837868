using System.Buffers;
using System.Runtime.InteropServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Native;

/// <summary>Floats from the shared pool, aligned to the widest vectors; of unknown values.</summary>
internal sealed unsafe class PooledMemory : IDisposable
{
    private readonly float[] _array;
    private GCHandle _pin;

    public PooledMemory(long length)
    {
        _array = ArrayPool<float>.Shared.Rent(checked((int)(length + SimdLimits.MaximumLanes)));
        _pin = GCHandle.Alloc(_array, GCHandleType.Pinned);
        Start = SimdLimits.Align((float*)_pin.AddrOfPinnedObject());
    }

    public float* Start { get; }

    public static PooledMemory Zeros(int length)
    {
        var memory = new PooledMemory(length);
        new Span<float>(memory.Start, length).Clear();
        return memory;
    }

    public void Dispose()
    {
        if (!_pin.IsAllocated)
            return;
        _pin.Free();
        ArrayPool<float>.Shared.Return(_array);
    }
}
