namespace Lens2Logit.Benchmarks;

/// <summary>A prepared case: what is timed, and what has to be let go afterwards.</summary>
public sealed class Workload(Action run, params IDisposable[] owned) : IDisposable
{
    /// <summary>The timed region, and nothing else.</summary>
    public Action Run => run;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var item in owned)
            item.Dispose();
    }
}
