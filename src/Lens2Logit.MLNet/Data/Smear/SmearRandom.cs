namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>
/// The random stream of one image: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) started at a hash of its keys.
/// </summary>
/// <remarks>
/// The framework's <see cref="Random"/> does not promise its sequence between versions; a data set named by its seed needs that promise.
/// </remarks>
internal struct SmearRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>The stream of an item of a seed; <paramref name="purpose"/> separates streams of the same item.</summary>
    public SmearRandom(int seed, int item, uint purpose)
    {
        ulong high = Mix(((ulong)purpose << 32) | (uint)seed);
        _state = Mix(high ^ Mix((uint)item + GoldenGamma));
    }

    /// <summary>The finaliser of SplitMix64: a bijection that lets every input bit change every output bit.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state += GoldenGamma);

    /// <summary>Uniform in [0, 1).</summary>
    public float NextSingle() => (NextBits() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform between two bounds.</summary>
    public float Between(float minimum, float maximum) => minimum + (maximum - minimum) * NextSingle();

    /// <summary>
    /// Uniform in [0, <paramref name="count"/>). The bias of the modulo is below 2⁻⁵⁷ for the few dozen values asked for here.
    /// </summary>
    public int Below(int count) => (int)(NextBits() % (ulong)count);

    /// <summary>Uniform angle in radians, [0, 2π).</summary>
    public float Angle() => NextSingle() * MathF.Tau;
}
