namespace Lens2Logit.Tests.RandomNumbers;

/// <summary>The Poisson distribution by its definition, and Pearson's test against it.</summary>
internal static class PoissonDistribution
{
    /// <summary>P(k) for k = 0 … λ + 12√λ + 30, beyond which lies less than 1e-16; by summing logarithms.</summary>
    public static double[] Probabilities(double rate)
    {
        var probabilities = new double[(int)(rate + (12 * Math.Sqrt(rate)) + 30)];
        var logarithm = -rate;
        for (var k = 0; k < probabilities.Length; k++)
        {
            logarithm += k == 0 ? 0 : Math.Log(rate / k);
            probabilities[k] = Math.Exp(logarithm);
        }

        return probabilities;
    }

    /// <inheritdoc cref="ChiSquareOverCritical(int[], double[])"/>
    public static double ChiSquareOverCritical(int[] counts, double rate) => ChiSquareOverCritical(counts, Probabilities(rate));

    /// <summary>χ² of the counts over its critical value at p = 1e-5: below 1 they fit. Bins that expect under 5 are merged.</summary>
    public static double ChiSquareOverCritical(int[] counts, double[] probabilities)
    {
        double total = counts.Sum(), statistic = 0, expected = 0, observed = 0, expectedSoFar = 0;
        var bins = 0;
        for (var k = 0; k < probabilities.Length; k++)
        {
            expected += probabilities[k] * total;
            observed += k < counts.Length ? counts[k] : 0;
            var last = k == probabilities.Length - 1;
            if (last || (expected >= 5 && total - expectedSoFar - expected >= 5))
            {
                // The last bin holds everything that is left, so that expectations sum to the total.
                expected = last ? total - expectedSoFar : expected;
                statistic += (observed - expected) * (observed - expected) / expected;
                expectedSoFar += expected;
                (expected, observed) = (0, 0);
                bins++;
            }
        }

        return statistic / CriticalChiSquare(bins - 1);
    }

    // Wilson and Hilferty's approximation; 4.26489 is the normal quantile of 1 − 1e-5.
    private static double CriticalChiSquare(int degrees) =>
        degrees * Math.Pow(1 - (2.0 / (9 * degrees)) + (4.26489 * Math.Sqrt(2.0 / (9 * degrees))), 3);
}
