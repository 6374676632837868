using System.Text.Json;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

public class SensorPresetsTests
{
    [TestCaseSource(typeof(SensorPresets), nameof(SensorPresets.All))]
    public void Every_preset_is_valid_has_a_source_and_names_its_assumptions(SensorModel sensor)
    {
        var properties = typeof(SensorModel).GetProperties().Select(property => property.Name).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sensor.Validate, Throws.Nothing);
            Assert.That(sensor.Source, Is.Not.Empty);
            Assert.That(sensor.Assumed, Is.Not.Empty.And.Unique.And.SubsetOf(properties));
            Assert.That(SensorPresets.Get(sensor.Name.ToUpperInvariant()), Is.SameAs(sensor));
        }
    }

    [Test]
    public void The_drone_camera_is_saturated_by_its_converter()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SensorPresets.RawDrone.SystemGain, Is.EqualTo(0.528).Within(0.0002));
            Assert.That(SensorPresets.RawDrone.SaturationElectrons, Is.EqualTo(7270).Within(5));
            Assert.That(new Exposure { Illumination = 0.01f }.ElectronsAtWhite(SensorPresets.RawDrone, 1), Is.EqualTo(73).Within(0.5));
            Assert.That(SensorPresets.Imx183.SaturationElectrons, Is.EqualTo(14_837));
        }
    }

    // Figures that a preset has not as the file has them, and why.
    private static readonly string[] Corrected =
    [
        "imx492_low_gain.dsnu_e", "imx492_low_gain.prnu_pct", // of one of the four pixels that are summed
    ];

    private static readonly Dictionary<string, string> Ids = new()
    {
        ["imx900_lcg"] = "Imx900LowGain", ["imx900_hcg"] = "Imx900HighGain", ["imx183"] = "Imx183", ["imx477"] = "Imx477",
        ["pregius_3p45"] = "Pregius345", ["pregius_4p50"] = "Pregius450", ["imx249"] = "Imx249", ["imx255"] = "Imx255",
        ["icx625_ptgrey"] = "Icx625PointGrey", ["icx625_basler"] = "Icx625Basler", ["imx492_low_gain"] = "Imx492LowGain",
        ["emva_example"] = "Emva1288Example",
    };

    [Test]
    public void Every_figure_of_the_collected_data_sheets_is_in_its_preset()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(TestData.Require("sensor_presets.json")));
        var entries = file.RootElement.EnumerateArray().ToArray();
        Assert.That(entries.Select(entry => entry.GetProperty("id").GetString()), Is.EquivalentTo(Ids.Keys));
        using (Assert.EnterMultipleScope())
        {
            foreach (var entry in entries)
            {
                var id = entry.GetProperty("id").GetString()!;
                var sensor = SensorPresets.Get(Ids[id]);
                Check("pixel_um", sensor.PixelPitchMicrometers, "PixelPitchMicrometers");
                Check("adc_bits", sensor.BitDepth, "BitDepth");
                Check("qe", sensor.QuantumEfficiency.Green, "QuantumEfficiency");
                Check("read_noise_e", sensor.ReadNoiseElectrons, "ReadNoiseElectrons");
                Check("full_well_e", sensor.FullWellElectrons, "FullWellElectrons");
                Check("K_dn_per_e", sensor.SystemGain, "SystemGain");
                Check("dsnu_e", sensor.DsnuElectrons, "DsnuElectrons");
                Check("prnu_pct", sensor.PrnuPercent, "PrnuPercent");
                Check("dark_current_e_s", sensor.DarkCurrentElectronsPerSecond, "DarkCurrentElectronsPerSecond");
                Check("black_dn", sensor.BlackLevelDn, "BlackLevelDn");

                void Check(string key, float value, string property)
                {
                    if (!entry.TryGetProperty(key, out var known))
                    {
                        Assert.That(sensor.Assumed, Does.Contain(property), $"{id}: {property} is not in the file");
                    }
                    else if (!Corrected.Contains($"{id}.{key}"))
                    {
                        Assert.That(value, Is.EqualTo(known.GetSingle()).Within(1e-5).Percent, $"{id}: {property}");
                    }
                }
            }
        }
    }

    [Test]
    public void White_balance_makes_a_grey_scene_of_the_drone_camera_grey()
    {
        var efficiency = SensorPresets.RawDrone.QuantumEfficiency;
        Assert.That(new[] { efficiency.Red * 2.86653646f, efficiency.Blue * 1.73079425f }, Is.All.EqualTo(efficiency.Green).Within(1e-6f));
    }

    [Test]
    public void An_unknown_name_is_answered_with_the_valid_ones() =>
        Assert.That(() => SensorPresets.Get("IMX000"),
            Throws.ArgumentException.With.Message.Contains("'IMX000'").And.Message.Contains("RawDrone, Imx183, Imx477, Emva1288Example"));

    [TestCase(3)]
    [TestCase(-1)]
    public void A_channel_that_does_not_exist_is_refused(int channel) =>
        Assert.That(() => SensorPresets.RawDrone.QuantumEfficiency[channel], Throws.InstanceOf<ArgumentOutOfRangeException>());
}
