using Lens2Logit.MLNet.Evaluation;
using MathNet.Numerics.Distributions;

namespace Lens2Logit.MLNet.Drift;

/// <summary>
/// The mean of paired differences with its confidence interval after Student's t. The differences are taken to be independent and about normal;
/// a single pair has no interval.
/// </summary>
/// <param name="Mean">Mean difference.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
/// <param name="Confidence">Confidence level.</param>
/// <param name="Count">Number of pairs.</param>
public readonly record struct PairedDifference(double Mean, double Low, double High, double Confidence, int Count)
{
    internal static PairedDifference Of(IEnumerable<double> differences, double confidence = 0.95)
    {
        var spread = Spread.Of(differences);
        double reach = spread.Count < 2 ? double.NaN
            : StudentT.InvCDF(0, 1, spread.Count - 1, 0.5 + confidence / 2) * spread.StandardDeviation / Math.Sqrt(spread.Count);
        return new(spread.Mean, spread.Mean - reach, spread.Mean + reach, confidence, spread.Count);
    }
}
