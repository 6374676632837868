namespace Lens2Logit.Isp.Fused;

/// <summary>How a view is stored.</summary>
internal enum ViewStorage
{
    /// <summary>Float32 in [0, 1].</summary>
    Single,

    /// <summary>The same, written past the caches: for views that are larger than they.</summary>
    SingleStreaming,

    /// <summary>8 bits, white being 255.</summary>
    Byte,
}

/// <summary>A view [3, H, W] in memory.</summary>
internal readonly unsafe struct ViewImage(void* data, ViewStorage storage)
{
    public ViewStorage Storage => storage;

    /// <summary>A row of float32, stored as it is computed.</summary>
    public OutputRow Row(nint offset, nint plane) => new((float*)data + offset, (float*)data + plane + offset, (float*)data + 2 * plane + offset);

    /// <summary>Stores a finished row of the other kinds.</summary>
    public void Write<TVector>(OutputRow row, int width, nint offset, nint plane)
        where TVector : unmanaged, ISimd<TVector>
    {
        Write<TVector>(row.Red, width, offset);
        Write<TVector>(row.Green, width, plane + offset);
        Write<TVector>(row.Blue, width, 2 * plane + offset);
    }

    private void Write<TVector>(float* row, int width, nint offset)
        where TVector : unmanaged, ISimd<TVector>
    {
        if (storage == ViewStorage.Byte)
            SampleRows<TVector>.ToBytes(row, width, (byte*)data + offset);
        else
            SampleRows<TVector>.Stream(row, width, (float*)data + offset);
    }
}
