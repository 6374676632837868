using Lens2Logit.RandomNumbers;
using Lens2Logit.Sensors;
using Lens2Logit.Tests.RandomNumbers;

namespace Lens2Logit.Tests.Sensors;

/// <summary>
/// The charge of a pixel is a Poisson number, exactly: ten million pixels of a camera without any other noise against the true
/// distribution. Fixed seeds. A case fails where Pearson's χ² (bins that expect fewer than 5 merged with their neighbours, the outermost
/// holding all the rest) has a probability below 1e-5, or where a tail of probability 1e-5 holds 4.3 standard deviations more or less
/// than its share.
/// </summary>
public class PhotonStatisticsTests
{
    private const int Height = 500, Width = 1000, Frames = 20, Draws = Height * Width * Frames;

    [TestCase(0.1f)]
    [TestCase(1f)]
    [TestCase(5f)]
    [TestCase(20f)]
    [TestCase(100f)]
    [TestCase(1000f)]
    [TestCase(1e5f)]
    public void Counts_follow_the_Poisson_distribution_tails_included(float rate)
    {
        // A converter of 16 bit holds 1e5 electrons at half a digital number each; the distribution is rounded as it does.
        float gain = rate > 30_000 ? 0.5f : 1;
        var expected = new double[65536];
        foreach (var (count, probability) in PoissonDistribution.Probabilities(rate).Index())
            expected[Number(count, gain)] += probability;

        var counts = Photograph(rate, gain);
        double statistic = PoissonDistribution.ChiSquareOverCritical(counts, expected);
        var tails = Tails(counts, expected);
        TestContext.Out.WriteLine(FormattableString.Invariant($"λ = {rate}: χ² is {statistic:F3} of its critical value; ")
            + string.Join(", ", tails.Select(tail => FormattableString.Invariant($"{tail.Name} tail: {tail.Found} of {tail.Expected:F1}"))));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counts.Sum(), Is.EqualTo(Draws));
            Assert.That(statistic, Is.InRange(0, 1));
            foreach (var (name, found, share) in tails)
                Assert.That(found, Is.EqualTo(share).Within(4.3 * Math.Sqrt(share)), $"{name} tail");
        }
    }

    [Test]
    public void The_test_notices_a_normal_approximation_even_at_a_rate_of_1000()
    {
        var random = new Random(5);
        var counts = new int[65536];
        for (int i = 0; i < Draws; i++)
            counts[(int)Math.Round(1000 + (Math.Sqrt(1000) * NormalQuantile.At(1 - random.NextDouble())))]++;
        Assert.That(PoissonDistribution.ChiSquareOverCritical(counts, PoissonDistribution.Probabilities(1000)), Is.GreaterThan(1));
    }

    private static int[] Photograph(float rate, float gain)
    {
        var camera = new MeasurementSampler(
            new()
            {
                BitDepth = 16, BlackLevelDn = 0, SystemGain = gain, FullWellElectrons = 1e7f, QuantumEfficiency = QuantumEfficiency.Uniform(1),
                ReadNoiseElectrons = 0, DarkCurrentElectronsPerSecond = 0, DsnuElectrons = 0, PrnuPercent = 0,
            },
            new() { PhotonsPerPixel = rate },
            frameSeed: 1288);
        var scene = new float[3 * Height * Width];
        Array.Fill(scene, 1);
        var counts = new int[65536];
        var raw = new float[Height * Width];
        for (ulong frame = 0; frame < Frames; frame++)
        {
            camera.Measure(scene, Height, Width, frame, raw);
            foreach (var value in raw)
                counts[(int)MathF.Round(value * 65535)]++;
        }

        return counts;
    }

    // Ties go to the even number, as in the converter.
    private static int Number(int count, float gain) => (int)Math.Round(count * (double)gain);

    private static List<(string Name, int Found, double Expected)> Tails(int[] counts, double[] expected)
    {
        const double share = 1e-5;
        var tails = new List<(string, int, double)>();
        double below = 0, above = 0;
        int low = 0, high = expected.Length;
        while (below + expected[low] <= share)
            below += expected[low++];
        while (above + expected[high - 1] <= share)
            above += expected[--high];
        // Of small rates, 0 is no tail.
        if (below * Draws >= 20)
            tails.Add(("lower", counts[..low].Sum(), below * Draws));
        if (above * Draws >= 20)
            tails.Add(("upper", counts[high..].Sum(), above * Draws));
        return tails;
    }
}
