using Lens2Logit.Sensors;

namespace Lens2Logit.Transforms.Tests.Sensors;

public class PoissonSamplerTests
{
    private const int Draws = 1_000_000;

    // 9.99 and 10 lie on either side of the change from inversion to rejection.
    [TestCase(0.1)]
    [TestCase(1)]
    [TestCase(5)]
    [TestCase(9.99)]
    [TestCase(10)]
    [TestCase(20)]
    [TestCase(100)]
    [TestCase(1000)]
    public void Counts_follow_the_Poisson_distribution(double rate) =>
        Assert.That(PoissonDistribution.ChiSquareOverCritical(Histogram(rate), rate), Is.LessThan(1));

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
    public void Inversion_is_right_far_out_in_the_tail([Values(0.1, 1, 9.99)] double rate, [Values(1e-6, 1e-9, 1e-12)] double beyond)
    {
        var tail = 0.0;
        var probabilities = PoissonDistribution.Probabilities(rate);
        var quantile = probabilities.Length;
        while (tail + probabilities[quantile - 1] < beyond)
        {
            tail += probabilities[--quantile];
        }

        Assert.That(PoissonSampler.Sample(rate, 1 - beyond, default), Is.EqualTo(quantile - 1));
    }

    [Test]
    public void A_rate_of_zero_gives_zero() =>
        Assert.That(Sample(0, 1000), Is.All.Zero);

    [Test]
    public void Every_rate_up_to_1e7_and_beyond_gives_a_finite_count([Values(1e-30, 1e-3, 1e7, 1e12, 1e40)] double rate) =>
        Assert.That(Sample(rate, 1000), Is.All.InRange(0, Math.Max(10, 1.1 * rate)));

    [Test]
    public void The_largest_uniform_number_ends() =>
        Assert.That(PoissonSampler.Sample(9.99, 1 - Math.ScaleB(1, -53), default), Is.InRange(40, 60));

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
            var stream = new PixelStream(20, 26, (uint)i, 0);
            values[i] = PoissonSampler.Sample(rate, stream.Block(0).First, in stream);
        }

        return values;
    }
}
