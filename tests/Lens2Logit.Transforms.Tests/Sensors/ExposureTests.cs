using System.Text.Json;
using Lens2Logit.Sensors;

namespace Lens2Logit.Transforms.Tests.Sensors;

public class ExposureTests
{
    [Test]
    public void White_fills_the_most_sensitive_colour_to_the_illumination()
    {
        var sensor = new SensorModel { QuantumEfficiency = new(0.2f, 0.8f, 0.4f), FullWellElectrons = 8000 };
        var exposure = new Exposure { Illumination = 0.5f };
        var electrons = Enumerable.Range(0, 3).Select(channel => exposure.ElectronsAtWhite(sensor, channel));
        Assert.That(electrons, Is.EqualTo(new double[] { 1000, 4000, 2000 }).Within(1e-4));
    }

    [Test]
    public void Photons_become_electrons_by_the_quantum_efficiency()
    {
        var exposure = new Exposure { PhotonsPerPixel = 500 };
        Assert.That(exposure.ElectronsAtWhite(new SensorModel { QuantumEfficiency = new(0.25f, 0.5f, 0.75f) }, 2), Is.EqualTo(375));
    }

    [Test]
    public void Light_said_both_ways_is_refused() =>
        Assert.That(() => new MeasurementSampler(new SensorModel(), new Exposure { Illumination = 0.5f, PhotonsPerPixel = 100 }),
            Throws.ArgumentException.With.Message.Contains("Illumination (0.5) and PhotonsPerPixel (100) are both set"));

    [Test]
    public void No_light_is_a_dark_frame()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new Exposure { Illumination = 0 }.Validate, Throws.Nothing);
            Assert.That(new Exposure { PhotonsPerPixel = 0 }.Validate, Throws.Nothing);
        }
    }

    private static readonly (string Name, Exposure Exposure)[] Bad =
    [
        ("Illumination", new() { Illumination = -0.1f }),
        ("Illumination", new() { Illumination = float.NaN }),
        ("PhotonsPerPixel", new() { PhotonsPerPixel = -1 }),
        ("ExposureTimeSeconds", new() { ExposureTimeSeconds = -1 }),
        ("TemperatureCelsius", new() { TemperatureCelsius = -300 }),
    ];

    [TestCaseSource(nameof(Bad))]
    public void A_quantity_outside_its_range_is_named((string Name, Exposure Exposure) bad) =>
        Assert.That(() => new MeasurementSampler(new SensorModel(), bad.Exposure),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(bad.Name));

    [Test]
    public void A_sampler_needs_a_sensor_and_an_exposure()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new MeasurementSampler(null!, new Exposure()), Throws.ArgumentNullException);
            Assert.That(() => new MeasurementSampler(new SensorModel(), null!), Throws.ArgumentNullException);
        }
    }

    [Test]
    public void Exposures_survive_json([Values(null, 100f)] float? photons)
    {
        var exposure = new Exposure { PhotonsPerPixel = photons, TemperatureCelsius = 30 };
        Assert.That(JsonSerializer.Deserialize<Exposure>(JsonSerializer.Serialize(exposure)), Is.EqualTo(exposure));
    }

    [Test]
    public void The_intensities_of_the_paper_are_listed() =>
        Assert.That(Exposure.PaperIntensities, Is.EqualTo(new[] { 0.01f, 0.05f, 0.1f, 0.25f, 0.5f, 0.75f, 1f }));
}
