namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>
/// Count, sum and sum of squares of values less a pivot near them, which keeps the precision of the variance; combined as Chan, Golub and
/// LeVeque (1983) describe.
/// </summary>
internal struct Moments(float pivot)
{
    public readonly float Pivot = pivot;
    public long Count;
    public double Sum, SumOfSquares;

    /// <summary>Count, mean, and variance divided by the count, of every <paramref name="step"/>-th part from <paramref name="first"/>, taken together in their order.</summary>
    public static (double Count, double Mean, double Variance) Combine(ReadOnlySpan<Moments> parts, int first, int step)
    {
        double count = 0, mean = 0, squares = 0;
        for (int i = first; i < parts.Length; i += step)
        {
            var part = parts[i];
            double partMean = part.Pivot + part.Sum / part.Count, partSquares = part.SumOfSquares - part.Sum * part.Sum / part.Count;
            double difference = partMean - mean, both = count + part.Count;
            squares += partSquares + difference * difference * count * part.Count / both;
            mean += difference * part.Count / both;
            count = both;
        }
        return (count, mean, squares / count);
    }
}
