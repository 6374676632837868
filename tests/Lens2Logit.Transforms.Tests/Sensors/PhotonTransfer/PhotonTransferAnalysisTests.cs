using Lens2Logit.Sensors;
using Lens2Logit.Sensors.PhotonTransfer;

namespace Lens2Logit.Tests.Sensors.PhotonTransfer;

public class PhotonTransferAnalysisTests
{
    // A camera without randomness: K = 0.5 DN/e⁻, η = 0.4, σd = 4 e⁻, saturation 10 000 e⁻, DSNU 3 e⁻, PRNU 1 %.
    private const double Gain = 0.5, Efficiency = 0.4, DarkNoise = 4, FullWell = 10_000, Dsnu = 3, Prnu = 0.01;

    [Test]
    public void An_ideal_series_gives_its_numbers_exactly()
    {
        var found = PhotonTransferAnalysis.Analyze(Bright(), Dark());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found.SystemGain, Is.EqualTo(Gain).Within(1e-9));
            Assert.That(found.Responsivity, Is.EqualTo(Gain * Efficiency).Within(1e-9));
            Assert.That(found.QuantumEfficiency, Is.EqualTo(Efficiency).Within(1e-9));
            Assert.That(found.TemporalDarkNoiseElectrons, Is.EqualTo(DarkNoise).Within(1e-9));
            Assert.That(found.DarkNoiseDn, Is.EqualTo(Math.Sqrt((Gain * Gain * 16) + (1.0 / 12))).Within(1e-9));
            Assert.That(found.ReadNoiseElectrons, Is.EqualTo(Math.Sqrt(16 - (20 * 0.01))).Within(1e-9));
            Assert.That(found.DarkCurrentElectronsPerSecond, Is.EqualTo(20).Within(1e-9));
            Assert.That(found.DarkCurrentFromVarianceElectronsPerSecond, Is.EqualTo(20).Within(1e-9));
            Assert.That(found.DsnuElectrons, Is.EqualTo(Dsnu).Within(1e-9));
            Assert.That(found.PrnuPercent, Is.EqualTo(100 * Prnu).Within(1e-9));
            Assert.That(found.PrnuAtPercentOfSaturation, Is.EqualTo(50).Within(1e-9));
            Assert.That(found.SaturationCapacityElectrons, Is.EqualTo(FullWell).Within(1e-6));
            Assert.That(found.SaturationPhotons, Is.EqualTo(FullWell / Efficiency).Within(1e-6));
            Assert.That(found.SaturationReached);
            Assert.That(found.SnrMax, Is.EqualTo(100).Within(1e-9));
            Assert.That(found.SnrMaxDecibels, Is.EqualTo(40).Within(1e-9));
            Assert.That(found.SensitivityThresholdPhotons, Is.EqualTo((Math.Sqrt(16 + (1 / (12 * Gain * Gain))) + 0.5) / Efficiency).Within(1e-9));
            Assert.That(found.LinearityErrorPercent, Is.Zero.Within(1e-9));
            Assert.That(found.Points, Has.Count.EqualTo(12));
            Assert.That(found.Points.Take(10).Select(point => point.Snr / point.ModelSnr), Is.All.EqualTo(1).Within(1e-9));
        }
    }

    [Test]
    public void A_bent_response_shows_as_linearity_error()
    {
        // 1 % of compression at saturation, quadratic.
        var bent = Bright(electrons => electrons * (1 - (0.01 * electrons / FullWell)));
        var found = PhotonTransferAnalysis.Analyze(bent, Dark());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found.LinearityErrorPercent, Is.InRange(0.05, 0.3));
            Assert.That(found.SmallestDeviationPercent, Is.LessThan(-0.1));
            Assert.That(found.LargestDeviationPercent, Is.GreaterThan(0.05));
            Assert.That(found.Points.Count(point => point.LinearityDeviationPercent is null), Is.EqualTo(3), "saturated, and beyond 95 %");
        }
    }

    [Test]
    public void Below_a_quarter_of_a_digital_number_squared_the_dark_noise_is_an_upper_bound()
    {
        var drone = SensorPresets.RawDrone;
        var at8Bit = drone with { BitDepth = 8, SystemGain = drone.SystemGain * 255 / 4095, BlackLevelDn = 16, Cfa = CfaPattern.Monochrome };
        var found = PhotonTransferSeries.Simulate(at8Bit, new() { Height = 128, Width = 128, StackFrames = 20 }).Analyze();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found.TemporalDarkNoiseIsUpperBound);
            Assert.That(found.TemporalDarkNoiseElectrons, Is.EqualTo(0.3958 / at8Bit.SystemGain).Within(5).Percent.And.GreaterThan(drone.ReadNoiseElectrons));
            Assert.That(found.ReadNoiseElectrons, Is.Null);
            Assert.That(found.SystemGain, Is.EqualTo(at8Bit.SystemGain).Within(5).Percent, "the dark variance is less than 1/12, not more");
            Assert.That(found.ToString(), Does.Contain("< ").And.Contain("read noise").And.Contain("not known"));
        }
    }

    /// <summary>Against the sample variances of the camera's own maps: 256 rows are too few to know a population's within 5 %.</summary>
    [Test]
    public void Rows_columns_and_row_noise_are_told_apart()
    {
        var sensor = SensorPresets.Imx255 with
        {
            DsnuElectrons = 3, DsnuRowElectrons = 1, DsnuColumnElectrons = 2, PrnuPercent = 1, PrnuRowPercent = 0.5f, PrnuColumnPercent = 0.3f,
            RowNoiseElectrons = 1.5f, CameraSeed = 8,
        };
        var found = PhotonTransferSeries.Simulate(sensor, new() { StackFrames = 60, FrameSeed = 3 }).Analyze();
        var map = FixedPattern.Create(sensor, 256, 256);
        var offset = SpatialVariances.Of(Array.ConvertAll(map.OffsetElectrons, value => (double)value), 256, 256);
        var response = SpatialVariances.Of(Array.ConvertAll(map.Gain, value => 100.0 * value), 256, 256);
        TestContext.Out.WriteLine(found);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found.DsnuElectrons, Is.EqualTo(Math.Sqrt(offset.Total)).Within(3).Percent);
            Assert.That(found.DsnuRowElectrons, Is.EqualTo(Math.Sqrt(offset.Row)).Within(5).Percent);
            Assert.That(found.DsnuColumnElectrons, Is.EqualTo(Math.Sqrt(offset.Column)).Within(5).Percent);
            Assert.That(found.DsnuPixelElectrons, Is.EqualTo(Math.Sqrt(offset.Pixel)).Within(5).Percent);
            Assert.That(found.PrnuPercent, Is.EqualTo(Math.Sqrt(response.Total)).Within(3).Percent);
            Assert.That(found.PrnuRowPercent, Is.EqualTo(Math.Sqrt(response.Row)).Within(5).Percent);
            Assert.That(found.PrnuColumnPercent, Is.EqualTo(Math.Sqrt(response.Column)).Within(5).Percent);
            Assert.That(found.PrnuPixelPercent, Is.EqualTo(Math.Sqrt(response.Pixel)).Within(5).Percent);
            Assert.That(found.RowNoiseElectrons, Is.EqualTo(1.5).Within(5).Percent);
            Assert.That(found.ReadNoiseElectrons, Is.EqualTo(2.92).Within(3).Percent);
            Assert.That(found.TemporalDarkNoiseElectrons, Is.EqualTo(Math.Sqrt((2.92 * 2.92) + (1.5 * 1.5) + 0.01)).Within(3).Percent);
        }
    }

    [Test]
    public void The_black_level_of_raw_microscopy_is_too_low_to_measure() =>
        Assert.That(() => PhotonTransferSeries.Simulate(SensorPresets.RawMicroscopy, Small).Analyze(),
            Throws.ArgumentException.With.Message.Contains("of the dark values are 0 DN").And.Message.Contains("Raise the black level"));

    [Test]
    public void A_series_that_is_saturated_throughout_says_so()
    {
        FlatField[] saturated = [.. Bright().Select(level => level with { MeanDn = 4095, TemporalVarianceDn2 = 0.01 * level.PhotonsPerPixel / 1e6 })];
        Assert.That(() => PhotonTransferAnalysis.Analyze(saturated, Dark()), Throws.ArgumentException.With.Message.Contains("All 12 bright levels are saturated"));
    }

    [Test]
    public void A_series_without_light_says_so()
    {
        FlatField[] covered = [.. Bright().Select(level => Dark()[0] with { PhotonsPerPixel = level.PhotonsPerPixel })];
        Assert.That(() => PhotonTransferAnalysis.Analyze(covered, Dark()), Throws.ArgumentException.With.Message.Contains("no brighter than the dark"));
    }

    [Test]
    public void Too_few_levels_are_counted() =>
        Assert.That(() => PhotonTransferAnalysis.Analyze([Bright()[1], Bright()[4], Bright()[9]], Dark()),
            Throws.ArgumentException.With.Message.Contains("2 levels up to 70 % of saturation; at least 3"));

    [Test]
    public void A_series_that_ends_below_saturation_gives_lower_bounds()
    {
        var found = PhotonTransferAnalysis.Analyze(Bright()[..6], Dark());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found.SaturationReached, Is.False);
            Assert.That(found.SystemGain, Is.EqualTo(Gain).Within(1e-9));
            Assert.That(found.ToString(), Does.Match("saturation capacity +μe.sat +> 6000 e⁻"));
        }
    }

    [Test]
    public void Unequal_sizes_missing_times_and_misplaced_levels_are_named()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => PhotonTransferAnalysis.Analyze([.. Bright()[..11], Bright()[11] with { Width = 63 }], Dark()),
                Throws.ArgumentException.With.Message.Contains("Level 11 of the bright series is 64×63 pixels; the first bright level is 64×64"));
            Assert.That(() => PhotonTransferAnalysis.Analyze(Bright(), Dark()[1..]),
                Throws.ArgumentException.With.Message.Contains("no dark level at the exposure time 0.01 s").And.Message.Contains("5 s, 10 s"));
            Assert.That(() => PhotonTransferAnalysis.Analyze(Dark(), Dark()), Throws.ArgumentException.With.Message.Contains("has no light"));
            Assert.That(() => PhotonTransferAnalysis.Analyze(Bright(), Bright()), Throws.ArgumentException.With.Message.Contains("expected 0"));
            Assert.That(() => PhotonTransferAnalysis.Analyze([], Dark()), Throws.ArgumentException.With.Message.Contains("bright series is empty"));
            Assert.That(() => PhotonTransferAnalysis.Analyze(Bright(), null!), Throws.ArgumentNullException);
            Assert.That(() => PhotonTransferAnalysis.Analyze(Bright(), Dark(), new() { FitToPercent = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Data_of_12_bits_shifted_up_in_16_is_noticed_and_data_left_as_it_is_passes()
    {
        var sampler = new MeasurementSampler(SensorPresets.Imx477, new());
        var scene = Enumerable.Repeat(0.2f, 3 * 64 * 64).ToArray();
        FlatField Field(float scale, double photons) => FlatFieldFrames.Of(Enumerable.Range(0, 2).Select(frame =>
        {
            var raw = new float[64 * 64];
            sampler.Measure(scene, 64, 64, (ulong)frame, raw);
            return Array.ConvertAll(raw, value => MathF.Round(value * 4095) * scale);
        }), 64, 64, photons, 0.01);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Field(16, 1).StepDn, Is.EqualTo(16));
            Assert.That(Field(1, 1).StepDn, Is.EqualTo(1));
            Assert.That(Field(0.1f, 1).StepDn, Is.Zero, "no whole numbers");
            Assert.That(() => PhotonTransferAnalysis.Analyze([Field(16, 1)], [Field(16, 0)]),
                Throws.ArgumentException.With.Message.Contains("multiples of 16").And.Message.Contains("Divide the frames by 16"));
        }
    }

    [Test]
    public void The_same_options_give_the_same_series_and_another_seed_another()
    {
        var first = PhotonTransferSeries.Simulate(SensorPresets.Imx477, Small);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(PhotonTransferSeries.Simulate(SensorPresets.Imx477, Small).Bright, Is.EqualTo(first.Bright));
            Assert.That(PhotonTransferSeries.Simulate(SensorPresets.Imx477, Small with { FrameSeed = 1 }).Bright[3], Is.Not.EqualTo(first.Bright[3]));
            Assert.That(() => PhotonTransferSeries.Simulate(SensorPresets.Imx477, Small with { StackFrames = 1 }),
                Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("StackFrames is 1"));
            Assert.That(() => PhotonTransferSeries.Simulate(SensorPresets.Imx477, Small with { DarkTimesSeconds = [1, -2] }),
                Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("DarkTimesSeconds[1] is -2 s"));
        }
    }

    private static PhotonTransferSeriesOptions Small { get; } = new() { Height = 16, Width = 16, StackFrames = 4, Levels = 6 };

    // Levels at 10, 20, … 120 % of saturation; beyond 100 % there is no noise any more.
    private static FlatField[] Bright(Func<double, double>? response = null) =>
    [
        .. Enumerable.Range(1, 12).Select(level =>
        {
            var electrons = level * FullWell / 10;
            var signal = Math.Min(response?.Invoke(electrons) ?? electrons, FullWell);
            var dark = Dark()[0];
            return dark with
            {
                PhotonsPerPixel = electrons / Efficiency,
                MeanDn = dark.MeanDn + (Gain * signal),
                TemporalVarianceDn2 = level > 10 ? 0.1 : dark.TemporalVarianceDn2 + (Gain * Gain * signal),
                SpatialVarianceDn2 = dark.SpatialVarianceDn2 + Math.Pow(Prnu * Gain * signal, 2),
                Frames = level == 5 ? 100 : 2,
            };
        }),
    ];

    private static FlatField[] Dark() =>
    [
        .. new[] { 0.01, 5, 10 }.Select(seconds => new FlatField
        {
            PhotonsPerPixel = 0,
            ExposureTimeSeconds = seconds,
            Height = 64,
            Width = 64,
            Frames = 100,
            MeanDn = 100 + (Gain * 20 * seconds),
            TemporalVarianceDn2 = (Gain * Gain * ((DarkNoise * DarkNoise) + (20 * (seconds - 0.01)))) + (1.0 / 12),
            SpatialVarianceDn2 = Gain * Gain * Dsnu * Dsnu,
        }),
    ];
}
