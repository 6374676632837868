namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>
/// Finds how far each axis may deviate before the score falls below the bound: outwards from the model's own value until it falls, bisection of
/// the end, then verification at random values inside; a value that fails cuts the interval. Then all axes at once, in a box that shrinks
/// until no sample fails.
/// </summary>
internal sealed class ToleranceSearch(AxisProbe probe, ToleranceOptions options, double bound, int seed, CancellationToken cancellation)
{
    // 0.85^20 is 4 % of the way to the ends: less is no tolerance.
    private const double Shrink = 0.85;
    private const int MostShrinks = 20;

    public ToleranceInterval Interval(ParameterAxis axis)
    {
        var random = new Random(HashCode(axis.Name));
        double lowest = Score(axis, axis.Nominal);
        if (lowest < bound)
            return new(axis.Name, axis.Unit, axis.Nominal, axis.Nominal, axis.Nominal, false, false, 0, lowest);
        var (low, lowIsLimit) = End(axis, axis.Minimum);
        var (high, highIsLimit) = End(axis, axis.Maximum);
        lowest = Math.Min(lowest, Math.Min(Score(axis, low), Score(axis, high)));
        for (int sample = 0; sample < options.Samples;)
        {
            double value = axis.Between(low, high, random.NextDouble());
            double score = Score(axis, value);
            if (score >= bound)
            {
                lowest = Math.Min(lowest, score);
                sample++;
                continue;
            }
            // A hole in the interval: what lies beyond it is not trusted, and the rest is verified afresh.
            if (value < axis.Nominal)
                (low, lowIsLimit) = (Refine(axis, axis.Nominal, value), false);
            else
                (high, highIsLimit) = (Refine(axis, axis.Nominal, value), false);
            lowest = Math.Min(Score(axis, low), Score(axis, high));
            sample = 0;
        }
        return new(axis.Name, axis.Unit, axis.Nominal, low, high, lowIsLimit, highIsLimit, options.Samples, lowest);
    }

    public ToleranceBox Box(IReadOnlyList<(ParameterAxis Axis, ToleranceInterval Interval)> sides)
    {
        double share = 1;
        for (int shrink = 0; shrink < MostShrinks; shrink++, share *= Shrink)
        {
            var box = sides.Select(side => (side.Axis, Low: side.Axis.Between(side.Interval.Nominal, side.Interval.Low, share), High: side.Axis.Between(side.Interval.Nominal, side.Interval.High, share))).ToList();
            var random = new Random(seed);
            double lowest = double.PositiveInfinity;
            for (int sample = 0; sample < options.JointSamples && lowest >= bound; sample++)
            {
                cancellation.ThrowIfCancellationRequested();
                lowest = Math.Min(lowest, probe.Score(box.Select(side => (side.Axis, side.Axis.Between(side.Low, side.High, random.NextDouble()))).ToList()));
            }
            if (lowest >= bound)
                return new(share, box.ToDictionary(s => s.Axis.Name, s => s.Low), box.ToDictionary(s => s.Axis.Name, s => s.High), options.JointSamples, lowest);
        }
        return new(0, sides.ToDictionary(s => s.Axis.Name, s => s.Axis.Nominal), sides.ToDictionary(s => s.Axis.Name, s => s.Axis.Nominal), 0, double.NaN);
    }

    /// <summary>The last accepted value from the model's own towards a limit, and whether that is the limit.</summary>
    private (double Value, bool IsLimit) End(ParameterAxis axis, double limit)
    {
        double accepted = axis.Nominal;
        for (int point = 1; point <= options.SearchPoints; point++)
        {
            double value = axis.Between(axis.Nominal, limit, (double)point / options.SearchPoints);
            if (Score(axis, value) < bound)
                return (Refine(axis, accepted, value), false);
            accepted = value;
        }
        return (accepted, true);
    }

    private double Refine(ParameterAxis axis, double accepted, double refused)
    {
        for (int i = 0; i < options.Bisections; i++)
        {
            double middle = axis.Between(accepted, refused, 0.5);
            if (Score(axis, middle) >= bound)
                accepted = middle;
            else
                refused = middle;
        }
        return accepted;
    }

    private double Score(ParameterAxis axis, double value)
    {
        cancellation.ThrowIfCancellationRequested();
        return probe.Score((axis, value));
    }

    // Stable between processes, unlike string.GetHashCode.
    private int HashCode(string name) => name.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter));
}
