using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>Kernels that read and store rows of other kinds than float32. Nothing is read or written beyond the row of the image.</summary>
internal static unsafe class SampleRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    /// <summary>value / white, the same quotient that a caller would compute.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromUInt16(ushort* source, int width, float white, float* target)
    {
        var divisor = TVector.Broadcast(white);
        int x = 0;
        for (; x <= width - TVector.Lanes; x += TVector.Lanes)
            (TVector.Load(source + x) / divisor).Store(target + x);
        for (; x < width; x++)
            target[x] = source[x] / white;
    }

    /// <summary>255·value, rounded; values are in [0, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToBytes(float* source, int width, byte* target)
    {
        TVector white = TVector.Broadcast(byte.MaxValue), half = TVector.Broadcast(0.5f);
        int x = 0;
        for (; x <= width - TVector.Lanes; x += TVector.Lanes)
            (white * TVector.Load(source + x) + half).Store(target + x);
        for (; x < width; x++)
            target[x] = (byte)(byte.MaxValue * source[x] + 0.5f);
    }
}
