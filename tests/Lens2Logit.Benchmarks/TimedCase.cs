namespace Lens2Logit.Benchmarks;

/// <summary>One line of a table that is measured: so much work per call, as a rate.</summary>
/// <param name="Name">Unique in its suite.</param>
/// <param name="Unit">Of the rate, for example images/s.</param>
/// <param name="WorkPerCall">How much of the unit's work one call does.</param>
/// <param name="Prepare">Makes data and modules, outside the timed region.</param>
public sealed record TimedCase(string Name, string Unit, double WorkPerCall, Func<Workload> Prepare)
{
    /// <summary>Name of the case of the same suite whose rate divides this one's; null for none.</summary>
    public string? ComparedWith { get; init; }

    /// <summary>The smallest ratio to be reached; null where none is set yet.</summary>
    public double? Target { get; init; }
}
