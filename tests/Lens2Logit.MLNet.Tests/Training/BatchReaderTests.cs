using Lens2Logit.MLNet.Training.Loop;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Training;

/// <summary>Rows become batches ahead of the training, in an order of their own.</summary>
public class BatchReaderTests
{
    [Test]
    public void Batches_are_read_ahead_but_never_more_than_three()
    {
        int read = 0;
        IEnumerable<TrainingRow> Rows()
        {
            for (int i = 0; i < 100; i++)
            {
                Interlocked.Increment(ref read);
                yield return new([i, -i], [i], (ulong)i);
            }
        }
        long before = LiveTensors.Count();
        using (var reader = new BatchReader([1, 2], [], 10, CPU))
        {
            int batches = 0;
            foreach (var batch in reader.Read(Rows(), [.. Enumerable.Repeat(10, 10)]))
            {
                Assert.That(SpinWait.SpinUntil(() => Volatile.Read(ref read) >= Math.Min(10 * (batches + 3), 100), 5000), "reads ahead");
                Assert.That(Volatile.Read(ref read), Is.LessThanOrEqualTo(10 * (batches + 3)));
                using var scope = NewDisposeScope();
                var (images, targets) = batch.ToDevice();
                Assert.That(images.shape, Is.EqualTo(new long[] { 10, 1, 2 }));
                Assert.That(targets.data<float>().ToArray(), Is.EqualTo(Enumerable.Range(10 * batches, 10)));
                Assert.That(batch.Keys.ToArray(), Is.EqualTo(Enumerable.Range(10 * batches, 10)));
                batches++;
            }
            Assert.That(batches, Is.EqualTo(10));
        }
        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }

    [Test]
    public void What_fails_while_reading_ahead_is_thrown_where_the_batches_are_taken()
    {
        static IEnumerable<TrainingRow> Rows()
        {
            yield return new([1], [1], 1);
            throw new InvalidDataException("Row 1 is broken.");
        }
        using var reader = new BatchReader([1], [], 1, CPU);
        Assert.That(() => reader.Read(Rows(), [1, 1]).Count(), Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo("Row 1 is broken."));
        Assert.That(() => reader.Read(Rows(), [1, 1]).First().Count, Is.EqualTo(1), "and who stops before is not bothered");
    }

    [Test]
    public void A_pool_shuffles_a_stream_without_losing_or_doubling_anything()
    {
        var shuffled = ShufflePool.Shuffle(Enumerable.Range(0, 1000), 64, seed: 1).ToList();
        Assert.That(shuffled, Is.EquivalentTo(Enumerable.Range(0, 1000)).And.Not.Ordered);
        Assert.That(ShufflePool.Shuffle(Enumerable.Range(0, 1000), 64, seed: 1), Is.EqualTo(shuffled));
        Assert.That(shuffled.Select((value, index) => value - index).Max(), Is.LessThanOrEqualTo(64), "an item comes at most a pool too early");
    }
}
