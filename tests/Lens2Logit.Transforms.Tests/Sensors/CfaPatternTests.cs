using Lens2Logit.Demosaicing;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

public class CfaPatternTests
{
    [Test]
    public void A_monochrome_sensor_has_no_colour_at_a_pixel()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(CfaPattern.Monochrome.IsBayer(), Is.False);
            Assert.That(CfaPattern.Gbrg.IsBayer());
            Assert.That(((CfaPattern)9).IsBayer(), Is.False);
            Assert.That(() => CfaPattern.Monochrome.ChannelAt(0, 0), RefusesMonochrome);
            Assert.That(() => CfaPattern.Monochrome.Cell().Length, RefusesMonochrome);
            Assert.That(() => CfaPattern.Monochrome.PositionOf(0), RefusesMonochrome);
        }
    }

    [Test]
    public void Whatever_develops_colour_refuses_a_monochrome_sensor()
    {
        var camera = CameraParameters.RawDrone with { Cfa = CfaPattern.Monochrome };
        using (Assert.EnterMultipleScope())
        {
            foreach (var method in Enum.GetValues<DemosaicMethod>())
            {
                Assert.That(() => Demosaic.Apply<float>(method, new float[16], 4, 4, CfaPattern.Monochrome, new float[48]), RefusesMonochrome);
            }

            Assert.That(camera.Validate, RefusesMonochrome);
            Assert.That(() => new StaticIsp(camera, new IspConfiguration()), RefusesMonochrome);
            Assert.That(() => new ParametrizedIsp(new() { Camera = camera }), RefusesMonochrome);
            Assert.That(() => new RawToRgb(new() { Cfa = CfaPattern.Monochrome }), RefusesMonochrome);
        }
    }

    private static NUnit.Framework.Constraints.IResolveConstraint RefusesMonochrome =>
        Throws.ArgumentException.With.Message.Contains("needs a Bayer mosaic (Rggb, Bggr, Grbg or Gbrg); found Monochrome.");
}
