using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

public class SrgbTransferTests
{
    // By hand from the formulas of IEC 61966-2-1.
    [TestCase(0f, 0f)]
    [TestCase(1f, 1f)]
    [TestCase(0.04f, 0.0030959752f)]
    [TestCase(0.5f, 0.21404114f)]
    [TestCase(0.73535699f, 0.5f)]
    public void Encoding_and_decoding_match_the_standard(float encoded, float linear)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SrgbTransfer.Decode(encoded), Is.EqualTo(linear).Within(1e-7f));
            Assert.That(SrgbTransfer.Encode(linear), Is.EqualTo(encoded).Within(1e-7f));
        }
    }

    [Test]
    public void Every_byte_decodes_as_its_value_and_encodes_back([Range(0, 255, 5)] int value)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SrgbTransfer.Decode((byte)value), Is.EqualTo(SrgbTransfer.Decode(value / 255f)).Within(1e-7f));
            Assert.That(Math.Round(SrgbTransfer.Encode(SrgbTransfer.Decode((byte)value)) * 255), Is.EqualTo(value));
        }
    }

    [Test]
    public void Both_functions_rise_everywhere()
    {
        var values = Enumerable.Range(-100, 1300).Select(i => i / 1000f).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(values.Select(SrgbTransfer.Decode), Is.Ordered);
            Assert.That(values.Select(SrgbTransfer.Encode), Is.Ordered);
        }
    }
}
