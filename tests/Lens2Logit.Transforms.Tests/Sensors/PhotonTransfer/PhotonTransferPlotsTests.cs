using Lens2Logit.Plots;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.PhotonTransfer;

namespace Lens2Logit.Tests.Sensors.PhotonTransfer;

public class PhotonTransferPlotsTests
{
    private static readonly PhotonTransferResult Result =
        PhotonTransferSeries.Simulate(SensorPresets.Imx255, new() { Height = 64, Width = 64, StackFrames = 20 }).Analyze();

    [Test]
    public void The_photon_transfer_line_has_the_slope_of_the_gain_and_ends_at_saturation()
    {
        var chart = PhotonTransferPlots.PhotonTransfer(Result);
        var (points, line) = (chart.Series[0], chart.Series[1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(points.Y, Is.EqualTo(Result.Points.Select(p => p.SignalVarianceDn2)));
            Assert.That(line.Y[1] / line.X[1], Is.EqualTo(Result.SystemGain).Within(1e-9));
            Assert.That(chart.VerticalLines[0].Value / chart.VerticalLines[1].Value, Is.EqualTo(0.7).Within(1e-9));
        }
    }

    [Test]
    public void The_SNR_model_is_the_results_and_nonuniformity_lowers_it_to_1_over_the_PRNU_at_most()
    {
        var series = PhotonTransferPlots.SignalToNoise(Result).Series;
        var (model, spatial, ideal) = (series[1], series[2], series[3]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Y[^1], Is.EqualTo(Result.Points.MinBy(p => Math.Abs(p.PhotonsPerPixel - Result.SaturationPhotons))!.ModelSnr).Within(1e-6).Percent);
            Assert.That(spatial.Y.Zip(model.Y, (a, b) => a < b), Is.All.True);
            Assert.That(model.Y.Zip(ideal.Y, (a, b) => a < b), Is.All.True);
            Assert.That(spatial.Y[^1], Is.LessThan(100 / Result.PrnuPercent));
        }
    }

    [Test]
    public void The_linearity_line_lies_where_the_deviations_say()
    {
        var chart = PhotonTransferPlots.Linearity(Result);
        var line = chart.Series[1];
        var slopes = line.X.Zip(line.Y).Skip(1).Zip(line.X.Zip(line.Y), (b, a) => (b.Second - a.Second) / (b.First - a.First)).ToArray();
        Assert.That(slopes, Is.All.EqualTo(slopes[0]).Within(1e-6).Percent, "a straight line");
    }

    // The converter of RawDrone saturates before the pixel does: no noise is left there.
    [TestCase(nameof(SensorPresets.Imx255))]
    [TestCase(nameof(SensorPresets.RawDrone))]
    public void Every_plot_is_drawn(string sensor)
    {
        var result = PhotonTransferSeries.Simulate(SensorPresets.Get(sensor), new() { Height = 64, Width = 64, StackFrames = 20 }).Analyze();
        LineChart[] charts =
        [
            PhotonTransferPlots.PhotonTransfer(result), PhotonTransferPlots.SignalToNoise(result),
            PhotonTransferPlots.Linearity(result), PhotonTransferPlots.LinearityDeviation(result),
        ];
        Assert.That(charts.Select(chart => chart.ToPng().Length), Is.All.GreaterThan(5000));
    }

    [Test]
    public void A_series_that_tells_nothing_of_linearity_says_so() =>
        Assert.That(() => PhotonTransferPlots.LinearityDeviation(Result with { Points = [.. Result.Points.Select(p => p with { LinearityDeviationPercent = null })] }),
            Throws.ArgumentException.With.Message.Contains("too few levels"));
}
