using Lens2Logit.MLNet.Drift.Units;

namespace Lens2Logit.Tests.Drift;

public class ShardTests
{
    [TestCase("0/2")]
    [TestCase("3/2")]
    [TestCase("1")]
    [TestCase("a/b")]
    public void A_shard_that_does_not_exist_is_refused(string text) => Assert.That(() => Shard.Parse(text), Throws.ArgumentException.With.Message.Contains(text));

    [Test]
    public void A_shard_is_read_as_it_is_written() => Assert.That(Shard.Parse(new Shard(2, 3).ToString()), Is.EqualTo(new Shard(2, 3)));

    [Test]
    public void Every_unit_is_held_by_exactly_one_of_the_shards([Values(1, 2, 5)] int count)
    {
        var shards = Enumerable.Range(1, count).Select(index => new Shard(index, count)).ToList();
        Assert.That(Enumerable.Range(0, 12).Select(unit => shards.Count(shard => shard.Holds(unit))), Is.All.EqualTo(1));
    }
}
