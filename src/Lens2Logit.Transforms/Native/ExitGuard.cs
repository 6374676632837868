namespace Lens2Logit.Native;

/// <summary>
/// Keeps threads out of libtorch while the process ends: its static objects are destroyed then, and a background thread that still computes,
/// such as the one on which ML.NET fills a cache, would crash the process after all of its work is done.
/// </summary>
internal static class ExitGuard
{
    // A batch that takes longer is not worth holding up the end of the process.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly ReaderWriterLockSlim Gate = new(LockRecursionPolicy.SupportsRecursion);

    static ExitGuard() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // Never left again: who has not entered by now waits until there is no process any more.
        if (!Gate.IsReadLockHeld)
            Gate.TryEnterWriteLock(Patience);
    };

    /// <summary>To be held while libtorch computes on a thread that may outlive the program.</summary>
    public static Lease Enter()
    {
        Gate.EnterReadLock();
        return default;
    }

    internal readonly struct Lease : IDisposable
    {
        public void Dispose() => Gate.ExitReadLock();
    }
}
