using Lens2Logit.Sensors;

namespace Lens2Logit.Transforms.Tests.Sensors;

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
