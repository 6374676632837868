using Lens2Logit.Demosaicing;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Isp;

/// <summary>
/// What float32 may differ from the exact static pipeline, per value. Before gamma: 1e-6·max(1, ‖v‖∞), v being the values before the
/// clip. After gamma: 2e-6 where the linear value is at least 1e-3, elsewhere the error before gamma seen through gamma.
/// </summary>
/// <remarks>
/// One thing bounds this from below: a value near 0 that is the difference of large ones carries their rounding, u·‖v‖∞ with u = 2⁻²⁴,
/// and gamma is steep there: with ‖v‖∞ = 5, one rounding at 1e-3 is worth 6e-6 after gamma. No arithmetic with float32 intermediates does
/// better, so three roundings of the largest value are always allowed: colours, luma and filtered luma are each rounded once.
/// </remarks>
internal sealed class SinglePrecision
{
    private const double Roundings = 3;
    private const double UnitRoundoff = 1.0 / (1 << 24);

    private readonly StaticIsp _isp;
    private readonly double[] _expected;
    private readonly bool[] _doubtful;
    private readonly double _largest;

    /// <param name="isp">The pipeline.</param>
    /// <param name="raw">The mosaic [H, W], exact.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="expected">The view [3, H, W], exact.</param>
    public SinglePrecision(StaticIsp isp, double[] raw, int height, int width, double[] expected)
    {
        _isp = isp;
        _expected = expected;
        var mosaic = new double[raw.Length];
        PlainStaticIsp.SubtractBlackLevel<double>(raw, height, width, isp.Camera.BlackLevel, mosaic);
        _largest = LargestBeforeTheClip(isp, mosaic, height, width);
        _doubtful = BesideNearTies(isp, mosaic, height, width);
    }

    /// <summary>How many values depend on a near-tie of Menon's decision, where either direction is right; they are not compared.</summary>
    public int LeftOut => 3 * _doubtful.Count(d => d);

    public void Require(ReadOnlySpan<float> actual, string what)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs(actual[i] - _expected[i]) <= Tolerance(_expected[i])) && !_doubtful[i % _doubtful.Length])
                Assert.Fail($"{what}, value {i}: {actual[i]:R}, expected {_expected[i]:R}, tolerance {Tolerance(_expected[i]):E2}");
        }
    }

    private double Tolerance(double view)
    {
        double beforeGamma = 1e-6 * Math.Max(1, _largest), linear = Math.Pow(view, _isp.Gamma);
        if (_isp.Gamma == 1)
            return beforeGamma;
        return linear >= 1e-3 ? Math.Max(2e-6, ThroughGamma(linear, Roundings * UnitRoundoff * _largest)) : ThroughGamma(linear, beforeGamma);
    }

    private double ThroughGamma(double linear, double error) =>
        Math.Pow(linear + error, 1 / _isp.Gamma) - Math.Pow(Math.Max(0, linear - error), 1 / _isp.Gamma);

    private static double LargestBeforeTheClip(StaticIsp isp, double[] mosaic, int height, int width)
    {
        var rgb = new double[3 * mosaic.Length];
        Demosaic.Apply<double>(isp.Configuration.Demosaicing, mosaic, height, width, isp.Camera.Cfa, rgb);
        PlainStaticIsp.CorrectColor<double>(rgb, isp.Camera.WhiteBalance, isp.Camera.ColorMatrix);
        double corrected = rgb.Max(Math.Abs);
        if (isp.Configuration.Sharpening == SharpeningMethod.Filter)
            PlainStaticIsp.Sharpen<double>(rgb, height, width);
        else
            PlainStaticIsp.UnsharpMask<double>(rgb, height, width, isp.Configuration.Sharpening == SharpeningMethod.VerticalUnsharpMask);
        return Math.Max(corrected, rgb.Max(Math.Abs));
    }

    private static bool[] BesideNearTies(StaticIsp isp, double[] mosaic, int height, int width)
    {
        var doubtful = new bool[mosaic.Length];
        if (isp.Configuration.Demosaicing != DemosaicMethod.Menon2007)
            return doubtful;
        var margin = Demosaic.MenonDecisionMargin<double>(mosaic, height, width, isp.Camera.Cfa);
        const double tie = 1e-6;
        const int reach = 9; // refining (2), the unsharp mask (4) and denoising (2) spread a decision this far
        for (int i = 0; i < margin.Length; i++)
        {
            if (Math.Abs(margin[i]) >= tie || isp.Camera.Cfa.ChannelAt(i / width, i % width) == 1)
                continue;
            for (int y = Math.Max(0, i / width - reach); y <= Math.Min(height - 1, i / width + reach); y++)
                for (int x = Math.Max(0, i % width - reach); x <= Math.Min(width - 1, i % width + reach); x++)
                    doubtful[y * width + x] = true;
        }
        return doubtful;
    }
}
