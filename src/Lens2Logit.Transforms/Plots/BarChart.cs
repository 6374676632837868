using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Lens2Logit.Plots;

/// <summary>Horizontal bars with their labels on the left and their values at their ends, the first on top.</summary>
public sealed record BarChart : Figure
{
    /// <summary>Names of the bars, at least one.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Lengths of the bars, finite, as many as <see cref="Labels"/>.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>The axis of the values; linear, and through 0 unless it says otherwise.</summary>
    public required PlotAxis Axis { get; init; }

    /// <summary>Standard deviation of each value, finite and not negative, drawn as a whisker. Default null: none.</summary>
    public IReadOnlyList<double>? Spread { get; init; }

    /// <summary>.NET format of the printed values. Default "G3".</summary>
    public string Format { get; init; } = "G3";

    /// <summary>Width of the picture in pixels, 200 to 8000; its height follows from the number of bars. Default 900.</summary>
    public int Width { get; init; } = 900;

    private protected override void Draw(Stream png)
    {
        FigureSize.Check(nameof(Width), Width);
        PlotData.RequireAny(Labels.Count, "The chart", "bar", nameof(Labels));
        PlotData.RequireCount(Values.Count, Labels.Count, nameof(Values), nameof(Values));
        PlotData.Require(Values, logarithmic: false, nameof(Values), nameof(Values));
        if (Spread is not null)
            PlotData.RequireSpread(Spread, Labels.Count, "the bars", nameof(Spread));
        if (Axis.Logarithmic)
            throw PlotData.Invalid(nameof(Axis), "The axis of a bar chart is logarithmic; the length of a bar means something on a linear axis alone.");

        var model = PlotStyle.Model(Title);
        var names = new CategoryAxis { Position = AxisPosition.Left, StartPosition = 1, EndPosition = 0, TickStyle = TickStyle.None };
        names.Labels.AddRange(Labels);
        model.Axes.Add(names);
        var lengths = PlotStyle.Axis(Axis, AxisPosition.Bottom);
        // Room for the numbers at the ends, and for the caps of whiskers beyond 0.
        lengths.MinimumPadding = Values.Min() < 0 ? 0.1 : Enumerable.Range(0, Values.Count).Any(i => Values[i] < (Spread?[i] ?? 0)) ? 0.03 : 0;
        lengths.MaximumPadding = 0.1;
        model.Axes.Add(lengths);
        var bars = new ErrorBarSeries { FillColor = PlotStyle.Color(0), ErrorStrokeThickness = Spread is null ? 0 : 1.5, ErrorWidth = 0.3 };
        for (int i = 0; i < Values.Count; i++)
            bars.Items.Add(new ErrorBarItem(Values[i], Spread?[i] ?? 0));
        model.Series.Add(bars);
        for (int i = 0; i < Values.Count; i++)
            model.Annotations.Add(ValueText(i));
        PlotStyle.Write(model, png, Width, Math.Min(8000, 130 + (34 * Labels.Count)));
    }

    private OxyPlot.Annotations.TextAnnotation ValueText(int i)
    {
        bool negative = Values[i] < 0;
        double end = Values[i] + ((negative ? -1 : 1) * (Spread?[i] ?? 0));
        return new()
        {
            Text = PlotStyle.Number(Values[i], Format),
            TextPosition = new(end, i),
            Offset = new(negative ? -5 : 5, 0),
            TextHorizontalAlignment = negative ? HorizontalAlignment.Right : HorizontalAlignment.Left,
            TextVerticalAlignment = VerticalAlignment.Middle,
            StrokeThickness = 0,
        };
    }
}
