using BenchmarkDotNet.Mathematics;

namespace Lens2Logit.Benchmarks;

/// <summary>How long a call took.</summary>
/// <param name="MedianSeconds">Median over the iterations.</param>
/// <param name="Spread">Interquartile range divided by the median.</param>
public readonly record struct Measurement(double MedianSeconds, double Spread)
{
    /// <summary>From BenchmarkDotNet's nanoseconds per call.</summary>
    public static Measurement From(Statistics nanoseconds) => new(nanoseconds.Median * 1e-9, nanoseconds.InterquartileRange / nanoseconds.Median);
}
