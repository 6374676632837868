using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

public class MonochromeTests
{
    private const int Size = 32;

    private static readonly SensorModel Camera = Shots.PlainCamera with { Cfa = CfaPattern.Monochrome, ReadNoiseElectrons = 0 };

    [Test]
    public void A_pixel_collects_the_mean_of_the_channels_each_with_its_efficiency()
    {
        var camera = Camera with { QuantumEfficiency = new(0.3f, 0.6f, 0.9f) };
        var scene = new float[3 * Size * Size];
        scene.AsSpan(0, Size * Size).Fill(1f);
        scene.AsSpan(Size * Size, Size * Size).Fill(0.5f);
        scene.AsSpan(2 * Size * Size).Fill(0.2f);
        var shot = Shots.Take(camera, new Exposure { PhotonsPerPixel = 10_000 }, scene, Size, Size);

        // (0.3·1 + 0.6·0.5 + 0.9·0.2)/3 · 10 000 = 2600 e⁻.
        var electrons = (shot.Average() - camera.BlackLevelDn) / camera.SystemGain;
        Assert.That(electrons, Is.EqualTo(2600).Within(4.5 * Math.Sqrt(2600) / Size));
    }

    [Test]
    public void A_scene_of_one_channel_is_three_equal_ones()
    {
        var one = Enumerable.Range(0, Size * Size).Select(i => i / (float)(Size * Size)).ToArray();
        var exposure = new Exposure { Illumination = 0.3f };
        Assert.That(Shots.Take(Camera, exposure, one, Size, Size), Is.EqualTo(Shots.Take(Camera, exposure, [.. one, .. one, .. one], Size, Size)));
    }

    [Test]
    public void White_fills_it_to_the_illumination()
    {
        var camera = Camera with { QuantumEfficiency = new(0.3f, 0.6f, 0.9f) };
        var shot = Shots.TakeFlat(camera, new Exposure { Illumination = 0.5f }, Size);
        var electrons = (shot.Average() - camera.BlackLevelDn) / camera.SystemGain;
        Assert.That(electrons, Is.EqualTo(camera.SaturationElectrons / 2).Within(1).Percent);
    }

    [Test]
    public void Grey_light_on_equal_efficiencies_gives_the_bits_of_a_colour_sensor()
    {
        var exposure = new Exposure { Illumination = 0.05f };
        Assert.That(Shots.TakeFlat(Camera, exposure, Size), Is.EqualTo(Shots.TakeFlat(Camera with { Cfa = CfaPattern.Grbg }, exposure, Size)));
    }
}
