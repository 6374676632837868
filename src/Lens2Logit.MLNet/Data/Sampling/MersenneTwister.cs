namespace Lens2Logit.MLNet.Data.Sampling;

/// <summary>
/// The generator behind Python's <c>random</c> and numpy's <c>RandomState</c>, with their ways to seed and to shuffle, so that a published
/// selection can be drawn again here.
/// </summary>
/// <remarks>Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998, and the seeding of their revision of 2002. Not for noise or weights.</remarks>
internal sealed class MersenneTwister
{
    private const int Length = 624, Shift = 397;

    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    private MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (int i = 1; i < Length; i++)
            _state[i] = 1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
    }

    /// <summary>As <c>numpy.random.RandomState(seed)</c>.</summary>
    public static MersenneTwister Numpy(uint seed) => new(seed);

    /// <summary>As <c>random.seed(seed)</c> of Python, which seeds by an array, here of one number.</summary>
    public static MersenneTwister Python(uint seed)
    {
        var generator = new MersenneTwister(19650218);
        var state = generator._state;
        int i = 1;
        for (int k = 0; k < Length; k++)
        {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525)) + seed;
            Advance();
        }
        for (int k = 1; k < Length; k++)
        {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941)) - (uint)i;
            Advance();
        }
        state[0] = 0x80000000;
        return generator;

        void Advance()
        {
            if (++i < Length)
                return;
            state[0] = state[Length - 1];
            i = 1;
        }
    }

    /// <summary>The next 32 bits.</summary>
    public uint Next()
    {
        if (_next == Length)
            Twist();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    /// <summary>As <c>random.shuffle</c> of Python 3: the highest bits that suffice, again while they are too great.</summary>
    public void PythonShuffle<T>(IList<T> list)
    {
        for (int i = list.Count - 1; i > 0; i--)
        {
            int bits = 32 - int.LeadingZeroCount(i + 1), j;
            while ((j = (int)(Next() >> (32 - bits))) > i)
            {
            }
            (list[i], list[j]) = (list[j], list[i]);
        }
    }

    /// <summary>As <c>RandomState.permutation(count)</c>: the lowest bits that suffice, again while they are too great.</summary>
    public int[] NumpyPermutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            uint mask = uint.MaxValue >> int.LeadingZeroCount(i);
            int j;
            while ((j = (int)(Next() & mask)) > i)
            {
            }
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    private void Twist()
    {
        for (int i = 0; i < Length; i++)
        {
            uint y = (_state[i] & 0x80000000) | (_state[(i + 1) % Length] & 0x7fffffff);
            _state[i] = _state[(i + Shift) % Length] ^ (y >> 1) ^ ((y & 1) * 0x9908b0df);
        }
        _next = 0;
    }
}
