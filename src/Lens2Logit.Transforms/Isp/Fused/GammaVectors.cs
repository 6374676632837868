using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>A <see cref="GammaCurve"/> in registers, for the length of a loop.</summary>
internal readonly unsafe struct GammaVectors<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    private readonly float* _curve;
    private readonly TVector _0, _1, _2, _3, _4, _5, _6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GammaVectors(float* curve)
    {
        _curve = curve;
        float* polynomial = curve + OctaveTable.Length;
        _0 = TVector.Broadcast(polynomial[0]);
        _1 = TVector.Broadcast(polynomial[1]);
        _2 = TVector.Broadcast(polynomial[2]);
        _3 = TVector.Broadcast(polynomial[3]);
        _4 = TVector.Broadcast(polynomial[4]);
        _5 = TVector.Broadcast(polynomial[5]);
        _6 = TVector.Broadcast(polynomial[6]);
    }

    /// <summary>Clips to [0, 1] and applies the curve. Three at once: the processor has three chains to work on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(ref TVector red, ref TVector green, ref TVector blue)
    {
        // The lowest octave of the table; its entry is zero.
        TVector floor = TVector.Broadcast(4.656613e-10f), one = TVector.Broadcast(1), center = TVector.Broadcast(1.5f);
        red = TVector.Min(TVector.Max(red, floor), one);
        green = TVector.Min(TVector.Max(green, floor), one);
        blue = TVector.Min(TVector.Max(blue, floor), one);
        TVector r = TVector.Mantissa(red) - center, g = TVector.Mantissa(green) - center, b = TVector.Mantissa(blue) - center;
        TVector rSum = _6, gSum = _6, bSum = _6;
        Horner(ref rSum, ref gSum, ref bSum, r, g, b, _5);
        Horner(ref rSum, ref gSum, ref bSum, r, g, b, _4);
        Horner(ref rSum, ref gSum, ref bSum, r, g, b, _3);
        Horner(ref rSum, ref gSum, ref bSum, r, g, b, _2);
        Horner(ref rSum, ref gSum, ref bSum, r, g, b, _1);
        Horner(ref rSum, ref gSum, ref bSum, r, g, b, _0);
        // Rounding may lead a little above white.
        red = TVector.Min(rSum * TVector.LookUpOctave(red, _curve), one);
        green = TVector.Min(gSum * TVector.LookUpOctave(green, _curve), one);
        blue = TVector.Min(bSum * TVector.LookUpOctave(blue, _curve), one);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Horner(ref TVector rSum, ref TVector gSum, ref TVector bSum, TVector r, TVector g, TVector b, TVector coefficient)
    {
        rSum = TVector.MultiplyAdd(rSum, r, coefficient);
        gSum = TVector.MultiplyAdd(gSum, g, coefficient);
        bSum = TVector.MultiplyAdd(bSum, b, coefficient);
    }
}
