using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Sensors.Fused;

/// <summary>Normal quantiles of uniform numbers in single precision.</summary>
internal static unsafe class NormalLanes
{
    /// <summary>
    /// Bound of the absolute error where the margin is not negative: of the arithmetic, and of leaving out the uniform number's lower word.
    /// </summary>
    public const float Error = 2.5e-6f;

    /// <summary>Computes quantiles.</summary>
    /// <param name="words">Upper words of the uniform numbers; as many as <paramref name="count"/>, rounded up to whole vectors.</param>
    /// <param name="count">How many.</param>
    /// <param name="normal">Receives the quantiles.</param>
    /// <param name="margin">Receives what is negative beyond <see cref="NoisePolynomials.SmallestTail"/>, where quantiles mean nothing.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Fill<TVector>(float* words, int count, float* normal, float* margin)
        where TVector : unmanaged, ISimdWords<TVector>
    {
        var table = NoisePolynomials.Coefficients + NoisePolynomials.Normal;
        TVector half = TVector.Broadcast(0.5f), smallest = TVector.Broadcast(NoisePolynomials.SmallestTail * (1UL << 32));
        TVector signBit = TVector.BroadcastWord(0x8000_0000), otherBits = TVector.BroadcastWord(0x7FFF_FFFF);
        for (var x = 0; x < count; x += TVector.Lanes)
        {
            // u − ½ in units of the word, a signed number; what it lacks to ±½, the tail, loses no digits as an integer.
            var signed = TVector.Load(words + x) ^ signBit;
            var tail = TVector.WordsToNumbers(TVector.Xor(signed, TVector.ShiftRightSigned(signed, 31), otherBits)) + half;
            var octave = TVector.ShiftRight(tail, 23);
            var t = TVector.Mantissa(tail) - TVector.Broadcast(1.5f);
            var quantile = Coefficient(6);
            quantile = TVector.MultiplyAdd(quantile, t, Coefficient(5));
            quantile = TVector.MultiplyAdd(quantile, t, Coefficient(4));
            quantile = TVector.MultiplyAdd(quantile, t, Coefficient(3));
            quantile = TVector.MultiplyAdd(quantile, t, Coefficient(2));
            quantile = TVector.MultiplyAdd(quantile, t, Coefficient(1));
            quantile = TVector.MultiplyAdd(quantile, t, Coefficient(0));
            (quantile ^ (signed & signBit)).Store(normal + x);
            (tail - smallest).Store(margin + x);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            TVector Coefficient(int power) => TVector.LookUp(octave, table + (power * NoisePolynomials.TableLength));
        }
    }
}
