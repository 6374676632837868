namespace Lens2Logit.Tests;

/// <summary>Bytes that an operation allocates on the managed heap of its thread once it is warm.</summary>
internal static class Allocations
{
    /// <summary>
    /// The least over several passes of twenty calls each: what a call allocates, it allocates in every pass; what the runtime allocates
    /// on the thread when it exchanges code for better code, in one of them.
    /// </summary>
    public static long OfTwentyCalls(Action<ulong> operation)
    {
        long least = long.MaxValue;
        operation(0);
        for (int pass = 0; pass < 5; pass++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (ulong i = 1; i <= 20; i++)
                operation(i);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
