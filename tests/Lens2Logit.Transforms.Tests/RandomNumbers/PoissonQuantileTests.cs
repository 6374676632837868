using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Tests.RandomNumbers;

public class PoissonQuantileTests
{
    private const int Draws = 1_000_000;

    // 199.9 and 200 lie on either side of the change from sums to the expansion.
    [TestCase(0.1)]
    [TestCase(1)]
    [TestCase(5)]
    [TestCase(20)]
    [TestCase(199.9)]
    [TestCase(200)]
    [TestCase(1000)]
    public void Counts_follow_the_Poisson_distribution(double rate) =>
        Assert.That(PoissonDistribution.ChiSquareOverCritical(Histogram(rate), rate), Is.InRange(0, 1));

    [TestCase(1)]
    [TestCase(20)]
    [TestCase(1000)]
    public void The_chi_square_test_notices_a_rate_that_is_two_percent_off(double rate) =>
        Assert.That(PoissonDistribution.ChiSquareOverCritical(Histogram(1.02 * rate), rate), Is.GreaterThan(1));

    [TestCase(1e4)]
    [TestCase(1e7)]
    public void Mean_and_variance_of_large_rates_equal_the_rate(double rate)
    {
        var moments = Moments.Of(Sample(rate, Draws));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(moments.Mean, Is.EqualTo(rate).Within(4.5 * Math.Sqrt(rate / Draws)));
            Assert.That(moments.Variance / rate, Is.EqualTo(1).Within(4.5 * Math.Sqrt(2.0 / Draws)));
        }
    }

    [Test]
    public void Quantiles_are_right_far_out_in_the_tail([Values(0.1, 1, 9.99, 100)] double rate, [Values(1e-6, 1e-9, 1e-12)] double beyond)
    {
        var tail = 0.0;
        var probabilities = PoissonDistribution.Probabilities(rate);
        var quantile = probabilities.Length;
        while (tail + probabilities[quantile - 1] < beyond)
        {
            tail += probabilities[--quantile];
        }

        Assert.That(PoissonQuantile.At(rate, 1 - beyond), Is.EqualTo(quantile - 1));
    }

    // At the probability of up to k photons the continuous quantile is k + 1. Both sums start in their tail, so that no digits are lost.
    [Test]
    public void The_expansion_gives_whole_numbers_at_the_probabilities_of_whole_numbers([Values(200, 300.5, 690)] double rate)
    {
        var probabilities = PoissonDistribution.Probabilities(rate);
        var above = new double[probabilities.Length + 1];
        for (var k = probabilities.Length - 1; k >= 0; k--)
        {
            above[k] = above[k + 1] + probabilities[k];
        }

        var below = 0.0;
        for (var k = 0; k < probabilities.Length; k++)
        {
            below += probabilities[k];
            var normal = below < 0.5 ? NormalQuantile.At(below) : -NormalQuantile.At(above[k + 1] + 1e-300);
            if (Math.Abs(normal) < 8)
            {
                Assert.That(PoissonExpansion.Quantile(rate, normal), Is.EqualTo(k + 1).Within(Math.Abs(normal) < 5 ? 1e-9 : 1e-7), $"{k}");
            }
        }
    }

    [Test]
    public void Sums_and_expansion_meet_at_the_limit_between_them()
    {
        var differing = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var uniform = new PixelStream(1, 2, (uint)i, 3).Block(0).First;
            var sum = PoissonQuantile.At(Math.BitDecrement(PoissonQuantile.ExpansionLimit), uniform);
            differing += sum == PoissonQuantile.At(PoissonQuantile.ExpansionLimit, uniform) ? 0 : 1;
        }

        Assert.That(differing, Is.Zero);
    }

    [Test]
    public void No_uniform_number_leaves_a_well_unfilled_at_the_rate_beyond_it([Values(1, 100, 1e4, 1e7)] double count)
    {
        var rate = PoissonQuantile.RateBeyond(count);
        Assert.That(PoissonQuantile.At(rate, Math.ScaleB(1, -53)), Is.GreaterThanOrEqualTo(count));
        Assert.That(rate, Is.LessThan(count + (10 * Math.Sqrt(count)) + 100), "and it is not much more than needed");
    }

    [Test]
    public void A_rate_of_zero_gives_zero() =>
        Assert.That(Sample(0, 1000), Is.All.Zero);

    [Test]
    public void Every_rate_up_to_1e7_and_beyond_gives_a_finite_count([Values(1e-30, 1e-3, 1e7, 1e12, 1e40)] double rate) =>
        Assert.That(Sample(rate, 1000), Is.All.InRange(0, Math.Max(10, 1.1 * rate)));

    [Test]
    public void The_largest_uniform_number_gives_a_count() =>
        Assert.That(PoissonQuantile.At(9.99, 1 - Math.ScaleB(1, -53)), Is.InRange(40, 60));

    private static int[] Histogram(double rate)
    {
        var counts = new int[PoissonDistribution.Probabilities(rate).Length];
        foreach (var value in Sample(rate, Draws))
        {
            counts[(int)value]++;
        }

        return counts;
    }

    private static double[] Sample(double rate, int draws)
    {
        var values = new double[draws];
        for (var i = 0; i < draws; i++)
        {
            values[i] = PoissonQuantile.At(rate, new PixelStream(20, 26, (uint)i, 0).Block(0).First);
        }

        return values;
    }
}
