using System.Text.Json;
using Lens2Logit.Sensors;

namespace Lens2Logit.Transforms.Tests.Sensors;

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
        ("BlackLevelDn", "DN", new() { BlackLevelDn = 4095 }),
        ("Cfa", "Rggb, Bggr, Grbg, Gbrg", new() { Cfa = (CfaPattern)9 }),
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

    [Test]
    public void Sensors_compare_by_value_and_survive_json([Values(0, 1, 2, 3)] int preset)
    {
        var sensor = SensorPresets.All[preset] with { CameraSeed = 3 };
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
