namespace Lens2Logit.Benchmarks;

/// <summary>How often a case is measured.</summary>
/// <param name="Warmup">Iterations that do not count: enough for the runtime to recompile hot code, which takes it some 300 ms.</param>
/// <param name="Iterations">Iterations that do.</param>
/// <param name="IterationMilliseconds">Shortest duration of an iteration: calls are repeated until it is reached.</param>
public sealed record Repetitions(int Warmup, int Iterations, int IterationMilliseconds)
{
    /// <summary>For figures that are kept.</summary>
    public static Repetitions Full { get; } = new(6, 21, 150);

    /// <summary>For a look at whether everything runs.</summary>
    public static Repetitions Quick { get; } = new(8, 3, 50);

    /// <summary>For the head of a table.</summary>
    public override string ToString() =>
        $"warm-up of {Warmup}, then {Iterations} measured iterations, each of at least one call and about {IterationMilliseconds} ms of calls";
}
