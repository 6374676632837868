using System.Globalization;
using System.Text.Json;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Plots;
using static Lens2Logit.MLNet.Drift.Reports.HtmlReport;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>The page of an investigation, and its data.</summary>
internal static class ForensicsReport
{
    public static void Save(ForensicsResult result, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var page = new HtmlReport(folder, "Drift forensics", "Which change of the data model breaks the classifier while a person would hardly see a difference? "
            + "The network is frozen; the gradient of its loss is followed into the parameters in front of it.");
        page.Missing(result.Missing);
        Summarise(page, result);
        Rank(page, result);
        if (result.Examples.Count > 0)
        {
            page.Heading("What the network sees");
            page.Figure(Sheet(result.Examples), "images.png", "The same images, developed as the model does, under the strongest finding of each set of parameters that keeps the "
                + $"similarity at {Number(result.MinimumSimilarity, "0.##")} or above, and under a random change of equal norm.");
        }
        SweepWeights(page, result);
        ShowSensitivity(page, result);
        if (result.Tolerance is { } tolerance)
        {
            ShowTolerance(page, tolerance);
            tolerance.Save(Path.Combine(folder, "tolerance.json"));
        }
        page.Write(result.Run);
        SaveData(result, folder);
    }

    private static void Summarise(HtmlReport page, ForensicsResult result)
    {
        var ranking = result.Ranking();
        List<(string, string)> numbers = [("accuracy as it is", Number(result.Score))];
        if (ranking.Count > 0)
        {
            numbers.Add(("lowest found, views alike", Number(ranking[0].Score)));
            numbers.Add(("their mean similarity", Number(ranking[0].Similarity)));
            numbers.Add(("random change of equal norm", Number(ranking[0].Control.MeanScore)));
            numbers.Add(("points below random", Number(100 * ranking[0].BelowControl, "0.0")));
        }
        page.Numbers(numbers);
        page.Paragraph($"Accuracy on {result.Images} images that the searches did not see. Similarity is the mean structural similarity (SSIM) of the views in [0, 1], before any "
            + "batch normalisation, to those of the model as it is. The control moves the same parameters by the same Euclidean norm, each in random directions.");
        if (result.Findings.Count > 0 && ranking.Count == 0)
            page.Warning($"No search kept the views at a similarity of {Number(result.MinimumSimilarity, "0.##")}. Larger weights λ do.");
    }

    private static void Rank(HtmlReport page, ForensicsResult result)
    {
        var ranking = result.Ranking();
        if (ranking.Count == 0)
            return;
        page.Heading("What each parameter can do alone");
        page.Figure(new BarChart
        {
            Labels = [.. ranking.Select(f => f.ParameterSet)],
            Values = [.. ranking.Select(f => 100 * (result.Score - f.Score))],
            Axis = new("accuracy lost, points"),
            Format = "F1",
            Title = $"Accuracy lost at a similarity of {Number(result.MinimumSimilarity, "0.##")} or above",
        }, "ranking.png", "The strongest finding of each set of parameters among those whose views are nearly the same.");
        page.Table("The same in numbers, with the change in each parameter's own unit.",
            ["parameters", "λ", "accuracy", "similarity", "random, accuracy", "random, similarity", "points below random", "change (norm; largest single value)"],
            ranking.Select(f => new[]
            {
                f.ParameterSet, Number(f.Weight, "G3"), Number(f.Score), Number(f.Similarity), Number(f.Control.MeanScore), Number(f.Control.MeanSimilarity),
                Number(100 * f.BelowControl, "0.0"), string.Join("; ", f.Changes.Select(Describe)),
            }), 7);
        var left = result.Findings.Select(f => f.ParameterSet).Distinct().Except(ranking.Select(f => f.ParameterSet)).ToList();
        if (left.Count > 0)
            page.Paragraph($"Not ranked, because no weight λ kept the similarity: {string.Join(", ", left)}.");
    }

    private static string Describe(ParameterChange change) =>
        $"{change.Name}: {Number(change.Norm, "G3")}; {Number(change.Largest, "G3")}{(change.Unit.Length > 0 ? " " + change.Unit : "")}";

    private static void SweepWeights(HtmlReport page, ForensicsResult result)
    {
        page.Heading("How the weight λ decides");
        page.Paragraph("A large λ keeps the views alike, a small one lets the search go where it likes.");
        var sets = result.Findings.GroupBy(f => f.ParameterSet).ToList();
        bool logarithmic = result.Findings.All(f => f.Weight > 0);
        if (sets.Any(set => set.Count() > 1))
        {
            page.Figures([
                (Chart("accuracy", f => f.Score), "weights-accuracy.png", "Accuracy under the parameters found."),
                (Chart("similarity of the views", f => f.Similarity), "weights-similarity.png", "Mean structural similarity of the views to the original ones."),
            ]);
        }
        page.Table("All findings.", ["parameters", "λ", "accuracy", "similarity", "random, mean accuracy", "random, mean similarity", "points below random", "steps"],
            result.Findings.Select(f => new[]
            {
                f.ParameterSet, Number(f.Weight, "G3"), Number(f.Score), Number(f.Similarity), Number(f.Control.MeanScore), Number(f.Control.MeanSimilarity),
                Number(100 * f.BelowControl, "0.0"), f.Steps.ToString(CultureInfo.InvariantCulture),
            }));

        LineChart Chart(string title, Func<Finding, double> value) => new()
        {
            XAxis = new("weight λ of the penalty") { Logarithmic = logarithmic },
            YAxis = new(title) { Minimum = 0, Maximum = 1.02 },
            Series = [.. sets.Select(set => new PlotSeries(set.Key, [.. set.Select(f => f.Weight)], [.. set.Select(value)]) { Mark = SeriesMark.LineAndPoints })],
        };
    }

    private static void ShowSensitivity(HtmlReport page, ForensicsResult result)
    {
        if (result.Sensitivity.Count == 0)
            return;
        page.Heading("Sensitivity");
        page.Paragraph("The score along one quantity at a time, all else as the model has it. Grey vertical lines: the model's own value and, where specified, the ends of the tolerance around it.");
        page.Figures(result.Sensitivity.Select(curve => ((Figure)SensitivityChart(curve, result), $"sensitivity-{curve.Axis.Name.Replace(' ', '-')}.png", $"{curve.Axis.Name}: {curve.Axis.Meaning}.")));
    }

    private static LineChart SensitivityChart(SensitivityCurve curve, ForensicsResult result)
    {
        var interval = result.Tolerance?.Intervals.FirstOrDefault(i => i.Axis == curve.Axis.Name);
        return new()
        {
            Title = curve.Axis.Name,
            XAxis = new(curve.Axis.Unit.Length > 0 ? $"{curve.Axis.Name}, {curve.Axis.Unit}" : curve.Axis.Name) { Logarithmic = curve.Axis.Logarithmic },
            YAxis = new("accuracy") { Minimum = 0, Maximum = 1.02 },
            Series = [new("", curve.Values, curve.Scores) { Mark = SeriesMark.LineAndPoints }],
            HorizontalLines = result.Tolerance is { } tolerance ? [new(tolerance.MinimumScore, "bound")] : [],
            VerticalLines = [new(curve.Axis.Nominal, ""), .. interval is null ? Array.Empty<ReferenceLine>() : [new(interval.Low, ""), new(interval.High, "")]],
            Width = 640,
            Height = 400,
        };
    }

    private static void ShowTolerance(HtmlReport page, ToleranceSpecification tolerance)
    {
        page.Heading("Tolerance specification");
        page.Paragraph($"The acceptable data environment of the model: accuracy stays at {Number(tolerance.MinimumScore)} or above (it is {Number(tolerance.NominalScore)}), on {tolerance.Images} images. "
            + "Each interval was verified at random values inside it; the box at random settings of all axes at once. The file tolerance.json says the same for the CheckTolerance transform.");
        page.Table("One quantity at a time, and all at once.",
            ["quantity", "unit", "nominal", "alone: low", "alone: high", "lowest accuracy inside", "together: low", "together: high"],
            tolerance.Intervals.Select(i => new[]
            {
                i.Axis, i.Unit, Number(i.Nominal, "G4"), (i.LowIsSearchLimit ? "≤ " : "") + Number(i.Low, "G4"), (i.HighIsSearchLimit ? "≥ " : "") + Number(i.High, "G4"), Number(i.LowestScore),
                Number(tolerance.Joint.Low[i.Axis], "G4"), Number(tolerance.Joint.High[i.Axis], "G4"),
            }), 1);
        page.Paragraph("≤ and ≥ mark ends of the searched range: nothing beyond was tried.");
        if (tolerance.Joint.Share > 0)
            page.Paragraph($"All at once, each interval holds to {Number(100 * tolerance.Joint.Share, "0")} % of the way from nominal to its ends: {tolerance.Joint.Samples} random settings, lowest accuracy {Number(tolerance.Joint.LowestScore)}.");
        else
            page.Warning("No box was found in which all quantities may deviate at once: keep to one at a time.");
    }

    internal static ContactSheet Sheet(IReadOnlyList<ExampleRow> rows) => new()
    {
        CellSize = 144,
        Rows = [.. rows.Select(row => new SheetRow(row.Caption, [.. row.Views.Select(view => new SheetImage(FirstThree(view), view.Height, view.Width))]))],
    };

    /// <summary>A picture has three channels; a view of four colours shows the first three.</summary>
    private static float[] FirstThree(ExampleView view) => [.. view.Pixels.Take(3 * view.Height * view.Width)];

    private static void SaveData(ForensicsResult result, string folder)
    {
        AtomicFile.Write(Path.Combine(folder, "forensics.json"), JsonSerializer.Serialize(result with { Examples = [] }, DriftJson.Format));
        CsvFile.Write(Path.Combine(folder, "findings.csv"), ["parameters", "lambda", "accuracy", "similarity", "random_accuracy", "random_similarity", "steps", "norms"],
            result.Findings.Select(f => new object?[]
            {
                f.ParameterSet, f.Weight, f.Score, f.Similarity, f.Control.MeanScore, f.Control.MeanSimilarity, f.Steps,
                string.Join("; ", f.Changes.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name}={c.Norm:G6}"))),
            }));
        CsvFile.Write(Path.Combine(folder, "sensitivity.csv"), ["axis", "unit", "value", "accuracy"],
            result.Sensitivity.SelectMany(c => c.Values.Zip(c.Scores, (value, score) => new object?[] { c.Axis.Name, c.Axis.Unit, value, score })));
    }
}
