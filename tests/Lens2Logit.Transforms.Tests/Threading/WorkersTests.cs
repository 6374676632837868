using Lens2Logit.Threading;

namespace Lens2Logit.Tests.Threading;

public class WorkersTests
{
    [Test]
    public void Every_part_is_run_once([Values(0, 1, 2, 17)] int count, [Values(1, 2, 5, 40)] int workers)
    {
        var runs = new int[count];
        Workers.ForEach(count, workers, part => Interlocked.Increment(ref runs[part]));
        Assert.That(runs, Is.All.EqualTo(1));
    }

    [Test]
    public void No_more_parts_run_at_once_than_there_are_workers()
    {
        int running = 0, most = 0;
        var gate = new Lock();
        Workers.ForEach(24, 2, _ =>
        {
            lock (gate)
                most = Math.Max(most, ++running);
            Thread.Sleep(2);
            lock (gate)
                running--;
        });
        Assert.That(most, Is.LessThanOrEqualTo(2));
    }

    [TestCase(4, 10, 100, 1)]
    [TestCase(4, 250, 100, 2)]
    [TestCase(4, 100_000, 100, 4)]
    public void A_worker_must_be_worth_its_start(int threads, long work, long least, int expected) => Assert.That(Workers.For(threads, work, least), Is.EqualTo(expected));
}
