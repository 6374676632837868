namespace Lens2Logit.Benchmarks;

/// <summary>Cases that are measured in one run and may therefore be compared.</summary>
public abstract class Suite
{
    /// <summary>The name on the command line and of the files.</summary>
    public abstract string Name { get; }

    /// <summary>Where in the repository a full run leaves its table beside the files of every run; null (default) for nowhere.</summary>
    public virtual string? Document => null;

    /// <summary>Threads that libtorch may use. Default one.</summary>
    public virtual int Threads => 1;

    /// <summary>What is inside the timed region and what the comparisons mean, for the table's head.</summary>
    public abstract IReadOnlyList<string> Notes { get; }

    /// <summary>The cases, cheap to list: their data is made by <see cref="TimedCase.Prepare"/>.</summary>
    public abstract IReadOnlyList<TimedCase> Cases { get; }

    /// <summary>Lines computed from what was measured; none by default.</summary>
    /// <param name="measured">Measurements by case name.</param>
    public virtual IEnumerable<Row> Derive(IReadOnlyDictionary<string, Measurement> measured) => [];
}
