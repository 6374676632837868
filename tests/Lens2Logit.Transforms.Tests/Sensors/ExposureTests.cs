using System.Text.Json;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

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
    public void An_exposure_of_ones_own_gives_the_bits_of_a_sampler_made_for_it()
    {
        var dim = new Exposure { Illumination = 0.03f, ExposureTimeSeconds = 20, TemperatureCelsius = 45 };
        float[] scene = [.. Enumerable.Range(0, 3 * 63).Select(i => i / 188f)];
        float[] own = new float[63], made = new float[63];
        var camera = SensorPresets.Imx477 with { HotPixelShare = 0.2f };
        new MeasurementSampler(camera, new(), 3).Measure(scene, 7, 9, 5, dim, own);
        new MeasurementSampler(camera, dim, 3).Measure(scene, 7, 9, 5, made);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(own, Is.EqualTo(made));
            Assert.That(() => new MeasurementSampler(camera, new()).Measure(scene, 7, 9, 5, dim with { Illumination = -1 }, own),
                Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Illumination is -1"));
            Assert.That(() => new MeasurementSampler(camera, new()).Measure(scene, 7, 9, 5, null!, own), Throws.ArgumentNullException);
        }
    }

    [Test]
    public void The_intensities_of_the_paper_are_listed() =>
        Assert.That(Exposure.PaperIntensities, Is.EqualTo(new[] { 0.01f, 0.05f, 0.1f, 0.25f, 0.5f, 0.75f, 1f }));
}
