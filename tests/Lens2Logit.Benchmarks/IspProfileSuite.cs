using Lens2Logit.Simd;

namespace Lens2Logit.Benchmarks;

/// <summary>Where the static ISP spends its time: every pass over rows by itself, and its share of whole pipelines.</summary>
public sealed class IspProfileSuite : Suite
{
    private static readonly string[] Pipelines = ["bi,s,ga", "ma,s,ga", "me,s,ga", "bi,u,ga", "me,u,ga"];

    private static readonly IReadOnlyList<TimedCase> Passes = SimdWidths.Widest switch
    {
        SimdWidth.Bits512 => RowPassCases<Simd512>.All(),
        SimdWidth.Bits256 => RowPassCases<Simd256>.All(),
        _ => RowPassCases<Simd128>.All(),
    };

    /// <inheritdoc/>
    public override string Name => "isp-profile";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } =
    [
        "Static ISP at 256×256. A pass: one kernel over 256 rows, which are in the L1 cache, the view excepted.",
        "Shares: of the sum of a pipeline's passes. Together they take less time than one by one, because the processor begins a row while it ends the one before.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } = [.. Pipelines.Select(StaticIspCases.OfSmallImage), .. Passes];

    /// <inheritdoc/>
    public override IEnumerable<Row> Derive(IReadOnlyDictionary<string, Measurement> measured)
    {
        foreach (var pipeline in Pipelines)
        {
            var passes = Passes.Where(p => IsPartOf(p.Name, pipeline)).ToList();
            double sum = passes.Sum(p => measured[p.Name].MedianSeconds);
            foreach (var pass in passes)
                yield return new($"{pipeline}: {pass.Name}", 100 * measured[pass.Name].MedianSeconds / sum, "%");
            yield return new($"{pipeline}: time of the pipeline / sum of its passes", 100 * measured[StaticIspCases.NameOf(pipeline)].MedianSeconds / sum, "%");
        }
    }

    /// <summary>A pass is named after the stage's abbreviation.</summary>
    private static bool IsPartOf(string pass, string pipeline)
    {
        var stages = pipeline.Split(',');
        var stage = pass.Split(',')[0];
        return stages.Contains(stage) || (stage == "linear" && stages[0] != "me");
    }
}
