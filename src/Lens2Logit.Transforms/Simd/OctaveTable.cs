namespace Lens2Logit.Simd;

/// <summary>
/// Layout of a table with one entry per octave [2^e, 2^(e+1)) of (0, 1], e = −31 … 0, found by the low five bits of the exponent.
/// Narrow vectors multiply two small tables (<see cref="Fine"/> by <see cref="Coarse"/>), wide ones hold the product.
/// </summary>
internal static class OctaveTable
{
    /// <summary>8 entries by the low three bits; 8 by the high two, repeated; 32 by all five.</summary>
    public const int Fine = 0, Coarse = 8, Joint = 16, Length = 48;

    /// <summary>2^(exponent·e); zero in the lowest eight octaves.</summary>
    public static void FillPowers(double exponent, Span<float> table)
    {
        for (int i = 0; i < 8; i++)
        {
            table[Fine + i] = (float)Math.Pow(2, exponent * (i - 7));
            table[Coarse + i] = (i & 3) == 0 ? 0 : (float)Math.Pow(2, exponent * 8 * ((i & 3) - 3));
        }
        for (int i = 0; i < 32; i++)
            table[Joint + i] = i < 8 ? 0 : (float)Math.Pow(2, exponent * (i - 31));
    }
}
