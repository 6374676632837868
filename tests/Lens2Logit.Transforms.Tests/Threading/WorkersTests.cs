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

    [Test]
    public void A_phase_begins_when_the_one_before_is_done([Values(1, 2, 5, 40)] int workers, [Values] bool ofTorch)
    {
        int[] counts = [3, 0, 17, 1, 8];
        int[] done = new int[counts.Length];
        var early = new int[counts.Length];
        Workers.InPhases(ofTorch ? Team.Torch : Team.Pool, workers, [.. counts.Select((count, phase) => new Phase(count, part =>
        {
            if (phase > 0 && Volatile.Read(ref done[phase - 1]) < counts[phase - 1])
                Interlocked.Increment(ref early[phase]);
            if (part % 3 == 0)
                Thread.Sleep(1);
            Interlocked.Increment(ref done[phase]);
        }))]);
        Assert.That(done, Is.EqualTo(counts));
        Assert.That(early, Is.All.Zero);
    }

    [Test, CancelAfter(60_000)]
    public void A_part_that_fails_ends_the_run_and_nothing_waits_for_it([Values(1, 2, 5)] int workers, [Range(0, 7)] int failing, [Values] bool ofTorch)
    {
        var error = Assert.Catch(() => Workers.InPhases(ofTorch ? Team.Torch : Team.Pool, workers, new Phase(8, part =>
        {
            Thread.Sleep(1);
            if (part == failing)
                throw new InvalidOperationException("broken");
        }), new Phase(4, _ => Thread.Sleep(1))));
        Assert.That(error is AggregateException many ? many.InnerExceptions[0].Message : error!.Message, Is.EqualTo("broken"));
    }

    [TestCase(4, 10, 100, 1)]
    [TestCase(4, 250, 100, 2)]
    [TestCase(4, 100_000, 100, 4)]
    public void A_worker_must_be_worth_its_start(int threads, long work, long least, int expected) => Assert.That(Workers.For(threads, work, least), Is.EqualTo(expected));
}
