using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Tests.Training;
using TorchSharp.Modules;

namespace Lens2Logit.Tests.Transforms;

public class StoredStageTests
{
    [Test]
    public void A_stage_whose_weights_cannot_be_read_is_released()
    {
        Parameter? gain = null;
        Assert.That(() => StoredStage.Build("test-gain", "{}", stage =>
        {
            gain = ((GainStage)stage).Gain;
            throw new InvalidDataException("cut short");
        }), Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo("cut short"));
        Assert.That(gain!.IsInvalid, Is.True);
    }
}
