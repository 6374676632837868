using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Tests.RandomNumbers;

public class PhiloxTests
{
    // The known-answer vectors of Random123 for philox4x32-10.
    private static readonly object[] KnownAnswers =
    [
        new object[] { new uint[6], new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        new object[]
        {
            new uint[] { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
            new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd },
        },
        new object[]
        {
            new uint[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0 },
            new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 },
        },
    ];

    [TestCaseSource(nameof(KnownAnswers))]
    public void Philox_gives_the_published_answers(uint[] counterAndKey, uint[] expected)
    {
        var c = counterAndKey;
        var block = Philox4x32.Block(c[0], c[1], c[2], c[3], c[4], c[5]);
        Assert.That(new[] { block.Word0, block.Word1, block.Word2, block.Word3 }, Is.EqualTo(expected));
    }

    [Test]
    public void Uniform_numbers_never_reach_0_or_1()
    {
        var lowest = new PhiloxBlock(0, 0, uint.MaxValue, uint.MaxValue);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lowest.First, Is.EqualTo(Math.ScaleB(1, -53)));
            Assert.That(lowest.Second, Is.EqualTo(1 - Math.ScaleB(1, -53)));
        }
    }

    [Test]
    public void Every_part_of_the_counter_and_the_key_changes_the_block()
    {
        PixelStream[] streams =
            [new(1, 2, 3, 4), new(0, 2, 3, 4), new(1, 0, 3, 4), new(1, 2, 0, 4), new(1, 2, 3, 0), new(1, 2, 3, 4UL << 32)];
        Assert.That(streams.SelectMany(stream => new[] { stream.Block(0), stream.Block(1) }), Is.Unique);
    }
}
