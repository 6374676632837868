using Lens2Logit.MLNet.Data.Sampling;

namespace Lens2Logit.Tests.Data.Sampling;

/// <summary>Values drawn by Python 3.11, and the well-known first permutations of numpy's RandomState.</summary>
public class MersenneTwisterTests
{
    [Test]
    public void Bits_are_those_of_Python()
    {
        var random = MersenneTwister.Python(72);
        Assert.That(Enumerable.Range(0, 4).Select(_ => random.Next()), Is.EqualTo(new uint[] { 315365087, 3359563073, 2552765025, 3171244212 }));
    }

    [Test]
    public void A_shuffled_list_is_that_of_Python()
    {
        int[] list = [.. Enumerable.Range(0, 27)];
        MersenneTwister.Python(72).PythonShuffle(list);
        Assert.That(list, Is.EqualTo(new[] { 13, 1, 16, 22, 12, 8, 20, 18, 7, 14, 0, 15, 26, 6, 3, 10, 4, 9, 21, 24, 17, 11, 5, 23, 19, 25, 2 }));
    }

    [TestCase(0u, new[] { 2, 8, 4, 9, 1, 6, 7, 3, 0, 5 })]
    [TestCase(42u, new[] { 8, 1, 5, 0, 7, 2, 9, 4, 3, 6 })]
    public void A_permutation_is_that_of_numpy(uint seed, int[] expected) => Assert.That(MersenneTwister.Numpy(seed).NumpyPermutation(10), Is.EqualTo(expected));

    [Test]
    public void The_ten_thousandth_number_is_that_of_the_standard()
    {
        // ISO C++ [rand.predef]: the 10000th value of a default mt19937, seed 5489.
        var random = MersenneTwister.Numpy(5489);
        for (int i = 1; i < 10_000; i++)
            random.Next();
        Assert.That(random.Next(), Is.EqualTo(4123659995));
    }
}
