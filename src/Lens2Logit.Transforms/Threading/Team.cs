using Lens2Logit.Native;

namespace Lens2Logit.Threading;

/// <summary>Threads that work together.</summary>
internal abstract class Team
{
    /// <summary>Those of the .NET runtime's pool, for work that many threads may ask for.</summary>
    public static Team Pool { get; } = new PoolTeam();

    /// <summary>
    /// Those with which libtorch computes for the calling thread, where that is possible; else the pool's. For work between operations of torch: with
    /// threads of both there would be more than processors, each of them waiting for its turn.
    /// </summary>
    public static Team Torch { get; } = OpenMpTeam.Find() ?? Pool;

    /// <summary>Whether a thread that has nothing left to do had better wait for the others awake, because it will soon be needed again.</summary>
    public virtual bool StaysAwake => false;

    /// <summary>Runs <paramref name="work"/> once on each of up to so many threads, the calling one among them.</summary>
    /// <exception cref="AggregateException">It failed on some.</exception>
    public abstract void Run(int threads, Action work);

    private sealed class PoolTeam : Team
    {
        public override void Run(int threads, Action work) => Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => work());
    }
}
