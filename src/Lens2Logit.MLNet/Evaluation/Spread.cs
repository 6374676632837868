using System.Globalization;

namespace Lens2Logit.MLNet.Evaluation;

/// <summary>A mean over repetitions, such as the splits of a cross-validation, with its standard deviation.</summary>
/// <param name="Mean">The mean; NaN of nothing.</param>
/// <param name="StandardDeviation">Sample standard deviation (n − 1); NaN of a single value.</param>
/// <param name="Count">Number of values n.</param>
public readonly record struct Spread(double Mean, double StandardDeviation, int Count)
{
    /// <summary>Of some values; those that are NaN (a precision of a class that was never predicted) are left out.</summary>
    /// <param name="values">The values.</param>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] numbers = [.. values.Where(v => !double.IsNaN(v))];
        if (numbers.Length == 0)
            return new(double.NaN, double.NaN, 0);
        double mean = numbers.Average();
        return new(mean, Math.Sqrt(numbers.Sum(v => (v - mean) * (v - mean)) / (numbers.Length - 1)), numbers.Length);
    }

    /// <summary>For example <c>0.912 ± 0.014</c>; the mean alone where there is no deviation.</summary>
    public override string ToString() => double.IsNaN(StandardDeviation)
        ? Mean.ToString("F3", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Mean:F3} ± {StandardDeviation:F3}");
}
