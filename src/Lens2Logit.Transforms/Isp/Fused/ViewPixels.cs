using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>How a view is stored.</summary>
internal enum ViewStorage
{
    /// <summary>Float32 in [0, 1].</summary>
    Single,

    /// <summary>The same, written past the caches: for views that are larger than these.</summary>
    SingleStreaming,

    /// <summary>8 bits, white being 255.</summary>
    Byte,
}

/// <summary>A view [3, H, W] in memory.</summary>
internal readonly unsafe struct ViewPixels(void* data, ViewStorage storage)
{
    public ViewStorage Storage => storage;

    /// <summary>A row of float32, stored as it is computed. Past the caches only if the three planes lie alike, for it has to be aligned.</summary>
    public OutputRow Row(nint offset, nint plane) => new((float*)data + offset, (float*)data + plane + offset, (float*)data + 2 * plane + offset,
        storage == ViewStorage.SingleStreaming && plane % SimdLimits.MaximumLanes == 0);

    /// <summary>Stores a finished row as 8 bits.</summary>
    public void Write<TVector>(OutputRow row, int width, nint offset, nint plane)
        where TVector : unmanaged, ISimd<TVector>
    {
        byte* target = (byte*)data + offset;
        SampleRows<TVector>.ToBytes(row.Red, width, target);
        SampleRows<TVector>.ToBytes(row.Green, width, target + plane);
        SampleRows<TVector>.ToBytes(row.Blue, width, target + 2 * plane);
    }
}
