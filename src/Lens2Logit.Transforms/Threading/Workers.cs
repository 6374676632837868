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
    public static void ForEach(int count, int workers, Action<int> run) => InPhases(Team.Pool, workers, new Phase(count, run));

    /// <summary>
    /// Runs phases one after the other. Workers that have nothing left to do in one stay awake for the next: waking a thread that sleeps takes
    /// longer than many a phase. When a part fails, what was not begun may be left out.
    /// </summary>
    /// <exception cref="AggregateException">Parts failed that ran beside others.</exception>
    public static void InPhases(Team team, int workers, params Phase[] phases)
    {
        workers = Math.Min(workers, phases.Max(phase => phase.Count));
        if (workers <= 1)
        {
            foreach (var phase in phases)
            {
                for (int part = 0; part < phase.Count; part++)
                    phase.Run(part);
            }
            return;
        }
        int taken = 0, done = 0;
        team.Run(workers, () =>
        {
            int first = 0, number = Interlocked.Increment(ref taken) - 1;
            foreach (var phase in phases)
            {
                for (; number < first + phase.Count; number = Interlocked.Increment(ref taken) - 1)
                {
                    AwaitFirst(first);
                    try
                    {
                        phase.Run(number - first);
                    }
                    finally
                    {
                        Interlocked.Increment(ref done);
                    }
                }
                first += phase.Count;
            }
            if (team.StaysAwake)
                AwaitFirst(first);
        });

        // Parts are taken in order: those that are not done are being run, so this ends.
        void AwaitFirst(int parts)
        {
            var spin = new SpinWait();
            while (Volatile.Read(ref done) < parts)
                spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}
