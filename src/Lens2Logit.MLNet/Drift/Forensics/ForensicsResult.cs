using Lens2Logit.MLNet.Drift.Reports;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>How far one parameter was moved.</summary>
/// <param name="Name">Column and name, such as <c>Rgb.black_level</c>.</param>
/// <param name="Unit">Unit of the values; empty for a pure number.</param>
/// <param name="Before">Values as the model has them.</param>
/// <param name="After">Values that were found, in the same order.</param>
public sealed record ParameterChange(string Name, string Unit, IReadOnlyList<double> Before, IReadOnlyList<double> After)
{
    /// <summary>Euclidean norm of the change, in <see cref="Unit"/>.</summary>
    public double Norm => Math.Sqrt(Before.Zip(After, (b, a) => (a - b) * (a - b)).Sum());

    /// <summary>The largest change of a single value, in <see cref="Unit"/>.</summary>
    public double Largest => Before.Zip(After, (b, a) => Math.Abs(a - b)).Max();
}

/// <summary>Scores under random changes of the same norm as the change that was found, per parameter.</summary>
/// <param name="Scores">The score of each draw.</param>
/// <param name="Similarities">Mean structural similarity of each draw's views to the original ones.</param>
public sealed record RandomControl(IReadOnlyList<double> Scores, IReadOnlyList<double> Similarities)
{
    /// <summary>Mean score of the draws.</summary>
    public double MeanScore => Scores.Average();

    /// <summary>Mean similarity of the draws.</summary>
    public double MeanSimilarity => Similarities.Average();
}

/// <summary>What the search for one set of parameters came to under one weight λ.</summary>
/// <param name="ParameterSet">The parameters, such as <c>black_level</c>, or <c>all</c>.</param>
/// <param name="Weight">λ.</param>
/// <param name="Score">Share classified rightly under the parameters found, on images the search did not see.</param>
/// <param name="Similarity">Mean structural similarity of the views to the original ones, on the same images.</param>
/// <param name="Steps">Steps after which these parameters were reached.</param>
/// <param name="Changes">How far each searched parameter was moved.</param>
/// <param name="Control">Random changes of equal norm.</param>
public sealed record Finding(
    string ParameterSet, double Weight, double Score, double Similarity, int Steps, IReadOnlyList<ParameterChange> Changes, RandomControl Control)
{
    /// <summary>How much lower the score is than under random changes of equal norm.</summary>
    public double BelowControl => Control.MeanScore - Score;
}

/// <summary>A view as floats in [0, 1].</summary>
/// <param name="Pixels">Values [C, H, W].</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
public sealed record ExampleView(IReadOnlyList<float> Pixels, int Height, int Width);

/// <summary>Example images, developed in one way.</summary>
/// <param name="Caption">In which way.</param>
/// <param name="Views">The views.</param>
public sealed record ExampleRow(string Caption, IReadOnlyList<ExampleView> Views);

/// <summary>The score over one axis, all else as the model has it.</summary>
/// <param name="Axis">What is varied.</param>
/// <param name="Values">Values along the axis, ascending, in its unit.</param>
/// <param name="Scores">The score at each.</param>
public sealed record SensitivityCurve(ParameterAxis Axis, IReadOnlyList<double> Values, IReadOnlyList<double> Scores);

/// <summary>What an investigation found.</summary>
public sealed record ForensicsResult
{
    /// <summary>How, with what and when it was made.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>The model's score as it is, on the evaluation images.</summary>
    public required double Score { get; init; }

    /// <summary>How many images the scores were measured on.</summary>
    public required int Images { get; init; }

    /// <summary>Mean structural similarity from which views count as nearly the same.</summary>
    public required double MinimumSimilarity { get; init; }

    /// <summary>Units of work that are not there, because they belong to other shards.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>One finding for each set of parameters and each λ.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Sensitivity curves, one for each axis.</summary>
    public required IReadOnlyList<SensitivityCurve> Sensitivity { get; init; }

    /// <summary>The tolerance specification, where one was asked for and every part of it is there.</summary>
    public ToleranceSpecification? Tolerance { get; init; }

    /// <summary>Example images: as they are, and as the strongest findings and a random control of the first make them.</summary>
    public required IReadOnlyList<ExampleRow> Examples { get; init; }

    /// <summary>
    /// What each set of parameters can do while the views stay nearly the same: its finding with the lowest score among those, the most
    /// harmful set first. A set none of whose findings keeps the similarity is left out.
    /// </summary>
    public IReadOnlyList<Finding> Ranking() => Ranking(Findings, MinimumSimilarity);

    /// <summary>Writes the report (<c>report.html</c>), its figures as PNG, and the data as JSON and CSV into a folder.</summary>
    /// <param name="folder">The folder; it is created.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder) => ForensicsReport.Save(this, folder);

    internal static IReadOnlyList<Finding> Ranking(IEnumerable<Finding> findings, double minimumSimilarity) => [.. findings.Where(f => f.Similarity >= minimumSimilarity)
        .GroupBy(f => f.ParameterSet).Select(set => set.MinBy(f => f.Score)!).OrderBy(f => f.Score)];
}
