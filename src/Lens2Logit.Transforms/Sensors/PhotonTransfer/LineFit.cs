namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>The three regressions of EMVA 1288.</summary>
internal static class LineFit
{
    /// <summary>Slope of y = a·x by least squares (chapter 6: gain and responsivity).</summary>
    public static double ThroughOrigin(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double xy = 0, xx = 0;
        for (var i = 0; i < x.Length; i++)
        {
            xy += x[i] * y[i];
            xx += x[i] * x[i];
        }

        return xy / xx;
    }

    /// <summary>Slope and offset of y = a·x + b by least squares (chapter 7: dark current).</summary>
    public static (double Slope, double Offset) Line(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Weighted(x, y, relative: false);

    /// <summary>Slope and offset that minimise the squares of the relative deviations, (y − a·x − b)/y (chapter 6: linearity).</summary>
    public static (double Slope, double Offset) RelativeLine(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Weighted(x, y, relative: true);

    private static (double Slope, double Offset) Weighted(ReadOnlySpan<double> x, ReadOnlySpan<double> y, bool relative)
    {
        double weights = 0, meanX = 0, meanY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var weight = Weight(y[i]);
            weights += weight;
            meanX += weight * x[i];
            meanY += weight * y[i];
        }

        meanX /= weights;
        meanY /= weights;
        double xy = 0, xx = 0;
        for (var i = 0; i < x.Length; i++)
        {
            xy += Weight(y[i]) * (x[i] - meanX) * (y[i] - meanY);
            xx += Weight(y[i]) * (x[i] - meanX) * (x[i] - meanX);
        }

        return (xy / xx, meanY - (xy / xx * meanX));

        double Weight(double value) => relative ? 1 / (value * value) : 1;
    }
}
