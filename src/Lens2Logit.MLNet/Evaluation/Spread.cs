using System.Globalization;

namespace Lens2Logit.MLNet.Evaluation;

/// <summary>A metric over the splits of a cross-validation.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="StandardDeviation">Its standard deviation with n − 1; NaN for a single value.</param>
public readonly record struct Spread(double Mean, double StandardDeviation)
{
    /// <summary>Of some values; those that are NaN (a precision of a class that was never predicted) are left out.</summary>
    /// <param name="values">The values.</param>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] numbers = [.. values.Where(v => !double.IsNaN(v))];
        if (numbers.Length == 0)
            return new(double.NaN, double.NaN);
        double mean = numbers.Average();
        return new(mean, Math.Sqrt(numbers.Sum(v => (v - mean) * (v - mean)) / (numbers.Length - 1)));
    }

    /// <summary>For example <c>0.912 ± 0.014</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mean:F3} ± {StandardDeviation:F3}");
}
