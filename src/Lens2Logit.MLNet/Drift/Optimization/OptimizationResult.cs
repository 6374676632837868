using System.Text.Json.Serialization;
using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Drift.Reports;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Drift.Optimization;

/// <summary>Where a training after the drift starts.</summary>
public enum OptimizationStart
{
    /// <summary>From the model that was trained before the drift.</summary>
    Adapting,

    /// <summary>From a random network.</summary>
    FromScratch,
}

/// <summary>What is done about the data model.</summary>
public enum DataModelUse
{
    /// <summary>The ISP stays as it was; the network alone is trained.</summary>
    Frozen,

    /// <summary>The ISP multiplies by what the light has lost, and stays so; the network alone is trained. The control for mere exposure.</summary>
    Compensated,

    /// <summary>The ISP is trained together with the network.</summary>
    Learned,

    /// <summary>
    /// The acquisition, that is the sensor's analogue gain and black level, is trained together with ISP and network, through the differentiable
    /// measurement; the light stays as it is.
    /// </summary>
    AcquisitionLearned,
}

/// <summary>One way to go on after the drift. In JSON it is its text.</summary>
/// <param name="Start">Where it starts.</param>
/// <param name="Use">What is done about the data model.</param>
[JsonConverter(typeof(OptimizationArmConverter))]
public readonly record struct OptimizationArm(OptimizationStart Start, DataModelUse Use)
{
    /// <summary>For example <c>adapting, ISP learned</c>.</summary>
    public override string ToString() => (Start == OptimizationStart.Adapting ? "adapting, " : "from scratch, ")
        + Use switch { DataModelUse.Frozen => "ISP frozen", DataModelUse.Compensated => "exposure compensated", DataModelUse.Learned => "ISP learned", _ => "acquisition and ISP learned" };
}

/// <summary>Scores on the test images during one training.</summary>
/// <param name="Steps">Optimiser steps done.</param>
/// <param name="Scores">The score after them. Adapting begins at step 0.</param>
public sealed record LearningCurve(IReadOnlyList<int> Steps, IReadOnlyList<double> Scores)
{
    /// <summary>The score at the end.</summary>
    public double Final => Scores[^1];

    /// <summary>Steps after which a score was first seen at a level, or null if it never was. Scores are taken once an epoch.</summary>
    /// <param name="level">The level.</param>
    public int? StepsTo(double level)
    {
        for (int i = 0; i < Scores.Count; i++)
        {
            if (Scores[i] >= level)
                return Steps[i];
        }
        return null;
    }
}

/// <summary>What one seed gave.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="BeforeDrift">Score before the drift.</param>
/// <param name="AfterDrift">Score of the same model after the drift, before anything is done.</param>
/// <param name="Curves">The curve of every arm.</param>
/// <param name="Changes">How far the learned ISP of the adapted model moved, in the parameters' own units.</param>
public sealed record SeedResult(int Seed, double BeforeDrift, double AfterDrift, IReadOnlyDictionary<OptimizationArm, LearningCurve> Curves, IReadOnlyList<ParameterChange> Changes)
{
    /// <summary>How far acquisition and ISP of the adapted model moved where both learned; empty where that was not asked for.</summary>
    public IReadOnlyList<ParameterChange> AcquisitionChanges { get; init; } = [];
}

/// <summary>What an optimisation gave.</summary>
public sealed record OptimizationResult
{
    /// <summary>How, with what and when it was made.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>What each seed gave.</summary>
    public required IReadOnlyList<SeedResult> Seeds { get; init; }

    /// <summary>Seeds that are not there, because they belong to other shards or the run was cancelled.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>The level whose reaching is counted, or null for the frozen ISP's final score of the same seed.</summary>
    public double? Level { get; init; }

    /// <summary>The adapted model with its learned ISP, of the first of the seeds, from the column <c>Raw</c> to the prediction.</summary>
    public required TransformerChain<ITransformer> LearnedModel { get; init; }

    /// <summary>That ISP in words, with units.</summary>
    public required string LearnedIsp { get; init; }

    /// <summary>Example images of the first of the seeds: before the drift, after it, and as the learned ISP develops them.</summary>
    public required IReadOnlyList<ExampleRow> Examples { get; init; }

    /// <summary>The arms, in the order of the report.</summary>
    public IReadOnlyList<OptimizationArm> Arms => [.. Seeds[0].Curves.Keys];

    /// <summary>Final score of an arm minus that of another, seed by seed, with a 95 % confidence interval.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="other">The one it is compared with.</param>
    public PairedDifference Difference(OptimizationArm arm, OptimizationArm other) => PairedDifference.Of(Seeds.Select(s => s.Curves[arm].Final - s.Curves[other].Final));

    /// <summary>Steps after which an arm reached the level, for each seed; null where it did not.</summary>
    /// <param name="arm">The arm.</param>
    public IReadOnlyList<int?> StepsToLevel(OptimizationArm arm) => [.. Seeds.Select(s => s.Curves[arm].StepsTo(Level ?? s.Curves[arm with { Use = DataModelUse.Frozen }].Final))];

    /// <summary>Writes the report (<c>report.html</c>), its figures as PNG, and the data as JSON and CSV into a folder.</summary>
    /// <param name="folder">The folder; it is created.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder) => OptimizationReport.Save(this, folder);
}
