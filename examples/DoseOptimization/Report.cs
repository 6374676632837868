using System.Globalization;
using Lens2Logit.Plots;

namespace DoseOptimization;

/// <summary>The results as lines on the screen, as CSV and as a picture.</summary>
internal static class Report
{
    private const string Header = "price,light,electrons,accuracy,accuracy_exact,accuracy_nothing_learnt";

    public static void PrintHeader() => Console.WriteLine(
        "     price      light   e⁻ at white   accuracy   behind the exact sampler   in that light, nothing learnt");

    public static void Print(DoseResult result) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{result.Weight,10:G4} {result.Light,10:P1} {result.Electrons,13:F0} {result.Accuracy,10:P1} {result.ExactAccuracy,26:P1} {result.UnlearntAccuracy,31:P1}"));

    public static void Save(IReadOnlyList<DoseResult> results, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, "dose.csv"), results.Select(r => string.Create(CultureInfo.InvariantCulture,
            $"{r.Weight:G6},{r.Light:G6},{r.Electrons:F1},{r.Accuracy:F4},{r.ExactAccuracy:F4},{r.UnlearntAccuracy:F4}")).Prepend(Header));

        var byLight = results.OrderBy(r => r.Light).ToArray();
        double[] light = Array.ConvertAll(byLight, r => 100 * r.Light);
        new LineChart
        {
            Title = "Least light that keeps the accuracy",
            XAxis = new("light, % of the start") { Logarithmic = true },
            YAxis = new("test accuracy behind the exact sampler, %") { Minimum = 0, Maximum = 100 },
            Series =
            [
                Curve("camera, ISP and network learned", r => r.ExactAccuracy),
                Curve("in the same light, nothing learned", r => r.UnlearntAccuracy),
            ],
            HorizontalLines = [new(100 * results[0].UnlearntAccuracy, "at the start")],
        }.Save(Path.Combine(folder, "dose.png"));

        PlotSeries Curve(string name, Func<DoseResult, double> accuracy) =>
            new(name, light, Array.ConvertAll(byLight, r => 100 * accuracy(r))) { Mark = SeriesMark.LineAndPoints };
    }
}
