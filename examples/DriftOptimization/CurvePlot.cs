using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using OxyPlot.SkiaSharp;

namespace DriftOptimization;

/// <summary>Test accuracy in low light over the epochs of adapting: mean over the seeds, and the range between the worst and the best.</summary>
internal static class CurvePlot
{
    // Told apart without colour vision (Okabe and Ito), and by their dashes.
    private static readonly OxyColor FrozenColor = OxyColor.FromRgb(213, 94, 0), LearnedColor = OxyColor.FromRgb(0, 114, 178), Grey = OxyColor.FromRgb(120, 120, 120);

    public static void Save(IReadOnlyList<SeedResult> results, string path)
    {
        var plot = new PlotModel { Title = "The light drops to 1 %: adapting the model", Background = OxyColors.White, DefaultFontSize = 14 };
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.RightBottom, LegendBackground = OxyColor.FromAColor(220, OxyColors.White) });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "epoch of adapting", MajorStep = 1, MinorTickSize = 0 });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = "test accuracy in low light, %", Minimum = 0, Maximum = 100, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColors.LightGray });

        double goodLight = 100 * results.Average(r => r.GoodLight);
        plot.Series.Add(Line("before the drop, in good light", [goodLight, .. Enumerable.Repeat(goodLight, results[0].Frozen.Length - 1)], Grey, LineStyle.Dot));
        Add("ISP learned with the network", r => r.Learned, LearnedColor, LineStyle.Solid);
        Add("ISP frozen, network only", r => r.Frozen, FrozenColor, LineStyle.Dash);
        PngExporter.Export(plot, path, 900, 560);

        void Add(string name, Func<SeedResult, double[]> curve, OxyColor color, LineStyle style)
        {
            var curves = results.Select(curve).ToArray();
            double[] At(Func<IEnumerable<double>, double> statistic) =>
                [.. Enumerable.Range(0, curves.Min(c => c.Length)).Select(epoch => 100 * statistic(curves.Select(c => c[epoch])))];
            var (low, high) = (At(Enumerable.Min), At(Enumerable.Max));
            var range = new AreaSeries { Fill = OxyColor.FromAColor(50, color), Color = OxyColors.Transparent, Color2 = OxyColors.Transparent };
            for (int epoch = 0; epoch < low.Length; epoch++)
            {
                range.Points.Add(new(epoch, low[epoch]));
                range.Points2.Add(new(epoch, high[epoch]));
            }
            plot.Series.Add(range);
            plot.Series.Add(Line(results.Count > 1 ? $"{name} (mean and range of {results.Count} seeds)" : name, At(Enumerable.Average), color, style));
        }
    }

    private static LineSeries Line(string name, double[] values, OxyColor color, LineStyle style)
    {
        var line = new LineSeries { Title = name, Color = color, LineStyle = style, StrokeThickness = 2.5 };
        for (int i = 0; i < values.Length; i++)
            line.Points.Add(new(i, values[i]));
        return line;
    }
}
