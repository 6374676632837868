using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>A mosaic [H, W] in memory: float32, or 16-bit numbers of which <paramref name="white"/> is 1.</summary>
internal readonly unsafe struct RawPixels(void* data, float white)
{
    public RawPixels(float* data)
        : this(data, 0)
    {
    }

    /// <summary>A row as float32: where it lies, or converted into <paramref name="buffer"/>, a row of our own.</summary>
    public float* Row<TVector>(int row, int width, float* buffer)
        where TVector : unmanaged, ISimd<TVector>
    {
        if (white == 0)
            return (float*)data + (nint)row * width;
        SampleRows<TVector>.FromUInt16((ushort*)data + (nint)row * width, width, white, buffer);
        return buffer;
    }
}
