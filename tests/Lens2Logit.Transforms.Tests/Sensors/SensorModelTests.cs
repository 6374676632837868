using System.Text.Json;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

public class SensorModelTests
{
    private static readonly (string Name, string Unit, SensorModel Sensor)[] Bad =
    [
        ("BitDepth", "bit", new() { BitDepth = 7 }),
        ("BitDepth", "bit", new() { BitDepth = 17 }),
        ("PixelPitchMicrometers", "µm", new() { PixelPitchMicrometers = 0 }),
        ("QuantumEfficiency.Red", "e⁻/photon", new() { QuantumEfficiency = new(-0.1f, 1, 1) }),
        ("QuantumEfficiency.Green", "e⁻/photon", new() { QuantumEfficiency = new(1, 1.1f, 1) }),
        ("QuantumEfficiency.Blue", "e⁻/photon", new() { QuantumEfficiency = new(1, 1, float.NaN) }),
        ("Largest QuantumEfficiency", "e⁻/photon", new() { QuantumEfficiency = default }),
        ("FullWellElectrons", "e⁻", new() { FullWellElectrons = 0 }),
        ("SystemGain", "DN/e⁻", new() { SystemGain = 0 }),
        ("ReadNoiseElectrons", "e⁻", new() { ReadNoiseElectrons = -1 }),
        ("DarkCurrentElectronsPerSecond", "e⁻/s", new() { DarkCurrentElectronsPerSecond = float.PositiveInfinity }),
        ("DarkCurrentDoublingKelvin", "K", new() { DarkCurrentDoublingKelvin = 0 }),
        ("ReferenceTemperatureCelsius", "°C", new() { ReferenceTemperatureCelsius = -300 }),
        ("DsnuElectrons", "e⁻", new() { DsnuElectrons = -1 }),
        ("PrnuPercent", "%", new() { PrnuPercent = 101 }),
        ("DsnuRowElectrons", "0 to 1 e⁻", new() { DsnuRowElectrons = 1.1f }),
        ("DsnuColumnElectrons", "row² + column²", new() { DsnuRowElectrons = 0.8f, DsnuColumnElectrons = 0.7f }),
        ("PrnuRowPercent", "0 to 0.5 %", new() { PrnuRowPercent = -0.1f }),
        ("PrnuColumnPercent", "exceed PrnuPercent (0.5 %)", new() { PrnuRowPercent = 0.4f, PrnuColumnPercent = 0.4f }),
        ("RowNoiseElectrons", "e⁻", new() { RowNoiseElectrons = float.NaN }),
        ("HotPixelShare", "0 to 1", new() { HotPixelShare = 1.1f }),
        ("HotPixelFactor", "1 to 1000000", new() { HotPixelFactor = 0.5f }),
        ("DeadPixelShare", "0 to 0.75", new() { HotPixelShare = 0.25f, DeadPixelShare = 0.8f }),
        ("Iso", "1 to 10000000", new() { Iso = 0 }),
        ("BlackLevelDn", "DN", new() { BlackLevelDn = 4095 }),
        ("Cfa", "Rggb, Bggr, Grbg, Gbrg, Monochrome", new() { Cfa = (CfaPattern)9 }),
    ];

    [TestCaseSource(nameof(Bad))]
    public void A_quantity_outside_its_range_is_named_with_value_unit_and_range((string Name, string Unit, SensorModel Sensor) bad) =>
        Assert.That(() => new MeasurementSampler(bad.Sensor, new Exposure()), Throws.InstanceOf<ArgumentOutOfRangeException>()
            .With.Property("ParamName").EqualTo(bad.Name).And.Property("ActualValue").Not.Null.And.Message.Contains(bad.Unit));

    [Test]
    public void The_message_reads_as_a_sentence() =>
        Assert.That(() => new SensorModel { ReadNoiseElectrons = -1.5f }.Validate(),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
                .With.Message.StartsWith("ReadNoiseElectrons is -1.5 e⁻; the allowed range is 0 to 10000 e⁻."));

    [Test]
    public void The_defaults_are_valid() => Assert.That(new SensorModel().Validate, Throws.Nothing);

    [Test]
    public void Saturation_is_set_by_the_pixel_or_by_the_converter()
    {
        var deep = new SensorModel { FullWellElectrons = 50_000, BlackLevelDn = 95, SystemGain = 0.5f };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new SensorModel { FullWellElectrons = 5000 }.SaturationElectrons, Is.EqualTo(5000));
            Assert.That(deep.SaturationElectrons, Is.EqualTo(8000));
            Assert.That(new SensorModel { BitDepth = 16 }.MaximumDn, Is.EqualTo(65535));
        }
    }

    [TestCase(0.6f, 0.8f)]
    [TestCase(1f, 0f)]
    public void Rows_and_columns_may_have_all_of_the_nonuniformity(float row, float column)
    {
        var sensor = new SensorModel { DsnuElectrons = 1, DsnuRowElectrons = row, DsnuColumnElectrons = column };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sensor.Validate, Throws.Nothing);
            Assert.That(sensor.DsnuPixelElectrons, Is.Zero.Within(1e-3));
            Assert.That(new SensorModel { DsnuElectrons = 0.3f }.DsnuPixelElectrons, Is.EqualTo((double)0.3f), "exact without parts");
        }
    }

    [Test]
    public void Gain_in_decibels_multiplies_the_gain_and_lowers_the_saturation()
    {
        var sensor = SensorPresets.RawDrone.WithGainDecibels(20);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sensor.SystemGain, Is.EqualTo(10 * SensorPresets.RawDrone.SystemGain).Within(1e-5));
            Assert.That(sensor.SaturationElectrons, Is.EqualTo(SensorPresets.RawDrone.SaturationElectrons / 10).Within(0.01));
            Assert.That(sensor.Iso, Is.EqualTo(2000).Within(1e-3));
            Assert.That(sensor.ReadNoiseElectrons, Is.EqualTo(SensorPresets.RawDrone.ReadNoiseElectrons), "in e⁻, at the pixel");
            Assert.That(sensor.Assumed, Does.Contain("ReadNoiseElectrons").And.Unique);
            Assert.That(SensorPresets.Imx477.WithGainDecibels(6.0206f).SystemGain, Is.EqualTo(0.94).Within(1e-5));
            Assert.That(SensorPresets.Imx477.WithGainDecibels(0), Is.SameAs(SensorPresets.Imx477));
            Assert.That(() => SensorPresets.Imx477.WithGainDecibels(130), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("dB"));
        }
    }

    [Test]
    public void Iso_scales_the_gain_where_it_is_known()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SensorPresets.RawDrone.WithIso(800).SystemGain, Is.EqualTo(4 * SensorPresets.RawDrone.SystemGain).Within(1e-5));
            Assert.That(SensorPresets.RawDrone.WithIso(800).Iso, Is.EqualTo(800));
            Assert.That(() => SensorPresets.Imx477.WithIso(400), Throws.InvalidOperationException.With.Message.Contains("'Imx477'").And.Message.Contains("WithGainDecibels"));
        }
    }

    [Test]
    public void Sensors_compare_by_value_and_survive_json([ValueSource(typeof(SensorPresets), nameof(SensorPresets.All))] SensorModel preset)
    {
        var sensor = preset with { CameraSeed = 3, RowNoiseElectrons = 0.5f, DeadPixelShare = 1e-4f };
        var copy = JsonSerializer.Deserialize<SensorModel>(JsonSerializer.Serialize(sensor));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(copy, Is.EqualTo(sensor));
            Assert.That(copy!.GetHashCode(), Is.EqualTo(sensor.GetHashCode()));
            Assert.That(sensor with { Assumed = ["Cfa"] }, Is.Not.EqualTo(sensor));
        }
    }

    [Test]
    public void A_sensor_prints_its_colours_and_assumptions() =>
        Assert.That(SensorPresets.Imx477.ToString(), Does
            .Contain("QuantumEfficiency { Red = 0.45, Green = 0.6, Blue = 0.5 }").And.Contain("Assumed = [QuantumEfficiency, "));
}
