namespace Lens2Logit.Threading;

/// <summary>Threads that take parts of a task from a common counter: one that is held up by something else delays its own part only.</summary>
internal static class Workers
{
    /// <summary>How many are worth their start, some 50 µs each.</summary>
    /// <param name="threads">The most there may be.</param>
    /// <param name="work">The size of the task.</param>
    /// <param name="least">What each should have to do at least, in the same unit.</param>
    public static int For(int threads, long work, long least) => (int)Math.Clamp(work / least, 1, threads);

    /// <summary>Runs the parts 0 … <paramref name="count"/> − 1, on the calling thread alone if there is one worker.</summary>
    public static void ForEach(int count, int workers, Action<int> run)
    {
        workers = Math.Min(workers, count);
        if (workers <= 1)
        {
            for (int i = 0; i < count; i++)
                run(i);
            return;
        }
        int taken = 0;
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ =>
        {
            for (int part = Interlocked.Increment(ref taken); part <= count; part = Interlocked.Increment(ref taken))
                run(part - 1);
        });
    }
}
