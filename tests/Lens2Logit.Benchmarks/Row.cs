namespace Lens2Logit.Benchmarks;

/// <summary>A line of the printed table.</summary>
/// <param name="Case">What was measured.</param>
/// <param name="Value">The rate, or a figure derived from rates.</param>
/// <param name="Unit">Its unit.</param>
public sealed record Row(string Case, double Value, string Unit)
{
    /// <summary>The case it is compared with, or null.</summary>
    public string? ComparedWith { get; init; }

    /// <summary>Value divided by the other case's value.</summary>
    public double? Ratio { get; init; }

    /// <summary>The smallest ratio to be reached, or null.</summary>
    public double? Target { get; init; }

    /// <summary>Interquartile range divided by the median; null for derived lines.</summary>
    public double? Spread { get; init; }

    /// <summary>Whether the target is reached; null without one.</summary>
    public bool? Met => Target is { } target ? Ratio >= target : null;

    /// <summary>The lines of a suite, in its order, then the derived ones.</summary>
    public static IReadOnlyList<Row> Of(Suite suite, IReadOnlyDictionary<string, Measurement> measured)
    {
        var rates = suite.Cases.ToDictionary(c => c.Name, c => c.WorkPerCall / measured[c.Name].MedianSeconds);
        return
        [
            .. suite.Cases.Select(c => new Row(c.Name, rates[c.Name], c.Unit)
            {
                ComparedWith = c.ComparedWith,
                Ratio = c.ComparedWith is { } other ? rates[c.Name] / rates[other] : null,
                Target = c.Target,
                Spread = measured[c.Name].Spread,
            }),
            .. suite.Derive(measured),
        ];
    }
}
