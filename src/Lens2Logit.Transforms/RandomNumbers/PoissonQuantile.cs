namespace Lens2Logit.RandomNumbers;

/// <summary>
/// Quantile of the Poisson distribution, the least k with P(N ≤ k) ≥ u: turns one uniform number into one Poisson number, at any rate,
/// without rejection.
/// </summary>
/// <remarks>
/// Below a rate of 200 probabilities are summed, in double precision. From there on <see cref="PoissonExpansion"/> gives the quantile as a
/// continuous number, with an error below 1e-9 up to five standard deviations from the mean and below 1e-7 up to eight; the probability of
/// a count is off by about that fraction of itself. The tails are as fine as the uniform number.
/// </remarks>
internal static class PoissonQuantile
{
    /// <summary>Rate from which the expansion is used.</summary>
    public const double ExpansionLimit = 200;

    /// <summary>The quantile as a double without fraction, which no rate overflows.</summary>
    /// <param name="rate">Mean λ, finite and at least 0; 0 gives 0.</param>
    /// <param name="probability">The probability u, in the open interval (0, 1).</param>
    public static double At(double rate, double probability) =>
        rate < ExpansionLimit
            ? Sum(rate, probability)
            : Math.Floor(PoissonExpansion.Quantile(rate, NormalQuantile.At(probability)));

    /// <summary>A rate from which no uniform number of 53 bits gives a count below <paramref name="count"/>.</summary>
    public static double RateBeyond(double count)
    {
        // P(N ≤ λ − 9√λ) < exp(−9²/2) < 2^−53 by Chernoff's bound. This is the root of λ − 9√λ = count.
        var root = 4.5 + Math.Sqrt(20.25 + count);
        return root * root;
    }

    // Sums probabilities until they reach the uniform number. The sum carries an error of a few 1e-16, as fine as the uniform number
    // itself, so tails are right down to probabilities of 1e-15.
    private static double Sum(double rate, double uniform)
    {
        var count = 0;
        var probability = Math.Exp(-rate);
        var sum = probability;
        while (uniform > sum)
        {
            count++;
            probability *= rate / count;
            var next = sum + probability;
            if (next == sum && count > rate)
            {
                break; // Rounding left the sum short of 1: nothing more will be added.
            }

            sum = next;
        }

        return count;
    }
}
