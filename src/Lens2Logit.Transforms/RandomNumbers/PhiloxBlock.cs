namespace Lens2Logit.RandomNumbers;

/// <summary>Four random words, read as two uniform numbers.</summary>
internal readonly record struct PhiloxBlock(uint Word0, uint Word1, uint Word2, uint Word3)
{
    /// <summary>Uniform number of the words 0 and 1, in the open interval (0, 1).</summary>
    public double First => Uniform(Word0, Word1);

    /// <summary>Uniform number of the words 2 and 3, in the open interval (0, 1).</summary>
    public double Second => Uniform(Word2, Word3);

    /// <summary>
    /// Uniform number of two words, in the open interval (0, 1): the middles of 2^52 equal cells, exact in a double, symmetric about 1/2,
    /// and never 0 or 1, where quantiles are infinite.
    /// </summary>
    public static double Uniform(uint high, uint low) => (((((ulong)high << 32) | low) >> 12) + 0.5) * (1.0 / (1UL << 52));
}
