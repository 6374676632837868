namespace Lens2Logit.Tests;

/// <summary>Sample mean and variance.</summary>
internal readonly record struct Moments(double Mean, double Variance, int Count)
{
    public double StandardDeviation => Math.Sqrt(Variance);

    public static Moments Of(ReadOnlySpan<double> values)
    {
        double sum = 0, squares = 0;
        foreach (var value in values)
        {
            sum += value;
        }

        var mean = sum / values.Length;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return new(mean, squares / (values.Length - 1), values.Length);
    }
}
