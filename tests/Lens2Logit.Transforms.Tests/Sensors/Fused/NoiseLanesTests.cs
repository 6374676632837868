using Lens2Logit.RandomNumbers;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Fused;
using Lens2Logit.Simd;

namespace Lens2Logit.Tests.Sensors.Fused;

/// <summary>The kernels behind <see cref="FusedMeasurement"/>, each against what defines it, for every width of vectors.</summary>
public class NoiseLanesTests
{
    private const int Count = 64;

    [Test]
    public void Philox_gives_the_words_of_the_pairs_of_pixels([Values(128, 256, 512)] int bits, [Values(0U, 5U, uint.MaxValue - 3)] uint place)
    {
        const uint Key0 = 0xFFFF_FFF0, Key1 = 77;
        const ulong RowKey = 0xFEDC_BA98_7654_3210;
        uint[] charge = new uint[Count], read = new uint[Count];
        RunPhilox(bits, Key0, Key1, RowKey, place, charge, read);
        for (var pixel = 0; pixel < Count; pixel++)
        {
            var block = new PixelStream(Key0, Key1, place + ((uint)pixel / 2), RowKey).Block(0);
            var expected = (pixel & 1) == 0 ? (block.Word0, block.Word1) : (block.Word2, block.Word3);
            Assert.That((charge[pixel], read[pixel]), Is.EqualTo(expected), $"pixel {pixel}");
        }
    }

    [Test]
    public void Normal_numbers_are_within_their_bound_whatever_the_lower_word_is([Values(128, 256, 512)] int bits)
    {
        foreach (var (words, normal, margin) in Normals(bits, 4000))
        {
            for (var i = 0; i < Count; i++)
            {
                var tail = Math.Min(words[i], ~words[i]);
                Assert.That(margin[i] >= 0, Is.EqualTo(tail >= (NoisePolynomials.SmallestTail * (1UL << 32))), $"{words[i]}");
                if (margin[i] >= 0)
                {
                    Assert.That(normal[i], Is.EqualTo(NormalQuantile.At(PhiloxBlock.Uniform(words[i], 0))).Within(NormalLanes.Error), $"{words[i]}");
                    Assert.That(normal[i], Is.EqualTo(NormalQuantile.At(PhiloxBlock.Uniform(words[i], uint.MaxValue))).Within(NormalLanes.Error));
                }
            }
        }
    }

    // A margin that promised too much would show here: the counts of both ends of the lower word's range must be the one found.
    [Test]
    public void Counts_are_right_wherever_the_margin_says_so([Values(128, 256, 512)] int bits)
    {
        var random = new Random(17);
        long decided = 0, undecided = 0;
        foreach (var (words, normal, normalMargin) in Normals(bits, 6000))
        {
            // Rates from 0.001 to 1e7.
            var rates = words.Select(_ => (float)Math.Pow(10, (10 * random.NextDouble()) - 3)).ToArray();
            var (counts, margin) = RunPoisson(bits, rates, words, normal, normalMargin);
            for (var i = 0; i < Count; i++)
            {
                if (margin[i] < 0)
                {
                    undecided++;
                    continue;
                }

                decided++;
                double least = PoissonQuantile.At(rates[i], PhiloxBlock.Uniform(words[i], 0)), most = PoissonQuantile.At(rates[i], PhiloxBlock.Uniform(words[i], uint.MaxValue));
                Assert.That((counts[i], counts[i]), Is.EqualTo(((float)least, (float)most)), $"rate {rates[i]:R}, word {words[i]}");
            }
        }

        // A quarter of the words are from the far tails.
        Assert.That(undecided, Is.LessThan(0.35 * decided));
    }

    private static IEnumerable<(uint[] Words, float[] Normal, float[] Margin)> Normals(int bits, int batches)
    {
        var random = new Random(23);
        for (var batch = 0; batch < batches; batch++)
        {
            // Tails of all sizes on either side, and the middle.
            var words = Enumerable.Range(0, Count).Select(i =>
            {
                var word = (uint)random.NextInt64(1L << 32);
                return (i % 8) switch { 0 => word >> random.Next(32), 1 => ~(word >> random.Next(32)), 2 => 0x8000_0000 ^ (word >> random.Next(32)), _ => word };
            }).ToArray();
            float[] normal = new float[Count], margin = new float[Count];
            RunNormal(bits, words, normal, margin);
            yield return (words, normal, margin);
        }
    }

    private static unsafe void RunPhilox(int bits, uint key0, uint key1, ulong rowKey, uint place, uint[] charge, uint[] read)
    {
        fixed (uint* first = charge, second = read)
        {
            switch (bits)
            {
                case 512: new PhiloxLanes<Simd512>(key0, key1, rowKey).Fill(place, Count, (float*)first, (float*)second); break;
                case 256: new PhiloxLanes<Simd256>(key0, key1, rowKey).Fill(place, Count, (float*)first, (float*)second); break;
                default: new PhiloxLanes<Simd128>(key0, key1, rowKey).Fill(place, Count, (float*)first, (float*)second); break;
            }
        }
    }

    private static unsafe void RunNormal(int bits, uint[] words, float[] normal, float[] margin)
    {
        fixed (uint* source = words)
        fixed (float* first = normal, second = margin)
        {
            switch (bits)
            {
                case 512: NormalLanes.Fill<Simd512>((float*)source, Count, first, second); break;
                case 256: NormalLanes.Fill<Simd256>((float*)source, Count, first, second); break;
                default: NormalLanes.Fill<Simd128>((float*)source, Count, first, second); break;
            }
        }
    }

    private static unsafe (float[] Counts, float[] Margin) RunPoisson(int bits, float[] rates, uint[] words, float[] normal, float[] normalMargin)
    {
        float[] counts = new float[Count], margin = [.. normalMargin];
        fixed (uint* source = words)
        fixed (float* rate = rates, quantile = normal, count = counts, left = margin)
        {
            switch (bits)
            {
                case 512: PoissonLanes.Fill<Simd512>(rate, (float*)source, quantile, Count, count, left); break;
                case 256: PoissonLanes.Fill<Simd256>(rate, (float*)source, quantile, Count, count, left); break;
                default: PoissonLanes.Fill<Simd128>(rate, (float*)source, quantile, Count, count, left); break;
            }
        }

        return (counts, margin);
    }
}
