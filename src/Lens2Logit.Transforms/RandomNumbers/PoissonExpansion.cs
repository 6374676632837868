namespace Lens2Logit.RandomNumbers;

/// <summary>
/// The expansion of Poisson quantiles for large rates λ: with w the normal quantile of the probability and s = w/√λ, the quantile is the
/// whole part of x = λ + w√λ + w²·<see cref="Curvature"/>(s) + <see cref="Shift"/>(s) + O(1/λ).
/// </summary>
/// <remarks>
/// Giles, <em>Algorithm 955: approximation of the inverse Poisson cumulative distribution function</em>, ACM Transactions on
/// Mathematical Software 42 (2016) 7, after Temme: x/λ tends to r with ½s² = 1 − r + r ln r. The power series, which the paper gives to
/// lower order, follow from inserting Stirling's series into ∂x/∂λ = ∂x/∂w · √2π e^(w²/2) λ^(x−1) e^(−λ)/Γ(x).
/// </remarks>
internal static class PoissonExpansion
{
    // Where the power series are better than the closed forms, which cancel; they converge for |s| < √2.
    private const double Near = 0.3;

    private static readonly double[] CurvatureSeries =
    [
        1.0 / 6, -1.0 / 72, 1.0 / 270, -23.0 / 17280, 5.584950029394474e-4, -2.580513300999412e-4, 1.2737605330197924e-4,
        -6.598050961818484e-5, 3.545877482777345e-5, -1.9616975974429186e-5, 1.1110503184882091e-5, -6.415829591770127e-6,
    ];

    private static readonly double[] ShiftSeries =
    [
        1.0 / 3, -1.0 / 36, 7.0 / 810, -137.0 / 38880, 5.0 / 3024, -165779.0 / 195955200, 4.5877152873037645e-4, -2.592788640804973e-4,
        1.510991101087885e-4, -9.015553057123253e-5,
    ];

    private static readonly double[] FirstRemainderSeries =
    [
        -8.0 / 405, 671.0 / 38880, -5189.0 / 408240, 2647909.0 / 293932800, -9683.0 / 1530900, 834145.0 / 188116992,
        -3.1105942564466416e-3, 2.1845053222522216e-3, -1.5357718606736372e-3,
    ];

    private static readonly double[] SecondRemainderSeries =
    [
        -16.0 / 25515, 274867.0 / 146966400, -39281.0 / 13778100, 5006651.0 / 1511654400, -3.338811179776416e-3,
    ];

    /// <summary>The number x whose whole part is the quantile, with terms up to 1/λ².</summary>
    /// <param name="rate">Rate λ, at least <see cref="PoissonQuantile.ExpansionLimit"/>.</param>
    /// <param name="normal">Normal quantile w of the probability.</param>
    public static double Quantile(double rate, double normal)
    {
        double root = Math.Sqrt(rate), s = normal / root;
        var remainder = Sum(FirstRemainderSeries, s) + (Sum(SecondRemainderSeries, s) / rate);
        return rate + ((root * normal) + (normal * normal * Curvature(s)) + Shift(s) + (remainder / rate));
    }

    /// <summary>(r − 1 − s)/s².</summary>
    public static double Curvature(double s) => Math.Abs(s) < Near ? Sum(CurvatureSeries, s) : (Ratio(s) - 1 - s) / (s * s);

    /// <summary>ln(s√r/(r − 1))/ln r.</summary>
    public static double Shift(double s)
    {
        if (Math.Abs(s) < Near)
        {
            return Sum(ShiftSeries, s);
        }

        var ratio = Ratio(s);
        return Math.Log(s * Math.Sqrt(ratio) / (ratio - 1)) / Math.Log(ratio);
    }

    // Newton's method. The function is convex, and the start lies where it is positive: no step passes the root.
    private static double Ratio(double s)
    {
        var ratio = s > 0 ? 1 + s + (s * s / 6) : 1e-3;
        for (var step = 0; step < 20; step++)
        {
            ratio -= (1 - ratio + (ratio * Math.Log(ratio)) - (s * s / 2)) / Math.Log(ratio);
        }

        return ratio;
    }

    private static double Sum(double[] series, double s)
    {
        double sum = 0;
        for (var i = series.Length - 1; i >= 0; i--)
        {
            sum = (sum * s) + series[i];
        }

        return sum;
    }
}
