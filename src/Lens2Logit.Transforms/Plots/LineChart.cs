using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Lens2Logit.Plots;

/// <summary>Curves and point clouds over linear or logarithmic axes.</summary>
/// <remarks>
/// A band ends where a logarithmic axis would have to show 0 or less: at the smallest value of its series.
/// </remarks>
/// <example>
/// <code>
/// new LineChart
/// {
///     XAxis = new("epoch"),
///     YAxis = new("accuracy, %") { Minimum = 0, Maximum = 100 },
///     Series = [PlotSeries.OfRuns("ISP learned", epochs, learned), PlotSeries.OfRuns("ISP frozen", epochs, frozen)],
///     HorizontalLines = [new(97.5, "in good light")],
/// }.Save("curves.png");
/// </code>
/// </example>
public sealed record LineChart : Figure
{
    /// <summary>The horizontal axis.</summary>
    public required PlotAxis XAxis { get; init; }

    /// <summary>The vertical axis.</summary>
    public required PlotAxis YAxis { get; init; }

    /// <summary>The curves, at least one, in the order of the legend.</summary>
    public required IReadOnlyList<PlotSeries> Series { get; init; }

    /// <summary>Horizontal lines to compare with. Default none.</summary>
    public IReadOnlyList<ReferenceLine> HorizontalLines { get; init; } = [];

    /// <summary>Vertical lines to compare with. Default none.</summary>
    public IReadOnlyList<ReferenceLine> VerticalLines { get; init; } = [];

    /// <summary>Width of the picture in pixels, 200 to 8000. Default 900.</summary>
    public int Width { get; init; } = 900;

    /// <summary>Height of the picture in pixels, 200 to 8000. Default 560.</summary>
    public int Height { get; init; } = 560;

    private protected override void Draw(Stream png)
    {
        FigureSize.Check(nameof(Width), Width);
        FigureSize.Check(nameof(Height), Height);
        PlotData.RequireAny(Series.Count, "The chart", "series", nameof(Series));
        var model = PlotStyle.Model(Title);
        model.Axes.Add(PlotStyle.Axis(XAxis, AxisPosition.Bottom));
        model.Axes.Add(PlotStyle.Axis(YAxis, AxisPosition.Left));
        for (int i = 0; i < Series.Count; i++)
            Add(model, Series[i], i);
        model.Series.Add(ReachedByAxes());
        foreach (var line in HorizontalLines)
            model.Annotations.Add(Reference(line, YAxis, nameof(HorizontalLines), new() { Type = LineAnnotationType.Horizontal, Y = line.Value }));
        foreach (var line in VerticalLines)
            model.Annotations.Add(Reference(line, XAxis, nameof(VerticalLines), new() { Type = LineAnnotationType.Vertical, X = line.Value }));
        PlotStyle.Write(model, png, Width, Height);
    }

    private void Add(PlotModel model, PlotSeries series, int index)
    {
        Check(series);
        var color = PlotStyle.Color(index);
        if (series.Spread is { } spread)
            model.Series.Add(Band(series, spread, color));

        var line = new LineSeries
        {
            Title = series.Name.Length > 0 ? series.Name : null,
            Color = color,
            LineStyle = PlotStyle.Dash(index),
            // The legend draws a line of style None; of thickness 0 it draws none.
            StrokeThickness = series.Mark == SeriesMark.Points ? 0 : 2.5,
            MarkerType = series.Mark == SeriesMark.Line ? MarkerType.None : PlotStyle.Marker(index),
            MarkerSize = 4,
            MarkerFill = color,
        };
        for (int i = 0; i < series.X.Count; i++)
            line.Points.Add(new(series.X[i], series.Y[i]));
        model.Series.Add(line);
    }

    private AreaSeries Band(PlotSeries series, IReadOnlyList<double> spread, OxyColor color)
    {
        var band = new AreaSeries { Fill = OxyColor.FromAColor(50, color), Color = OxyColors.Transparent, Color2 = OxyColors.Transparent };
        double floor = YAxis.Logarithmic ? series.Y.Min() : double.NegativeInfinity;
        for (int i = 0; i < spread.Count; i++)
        {
            var low = series.Y[i] - spread[i];
            band.Points.Add(new(series.X[i], YAxis.Logarithmic && low <= 0 ? floor : low));
            band.Points2.Add(new(series.X[i], series.Y[i] + spread[i]));
        }
        return band;
    }

    // Axes fit themselves to series, not to lines drawn on top.
    private LineSeries ReachedByAxes()
    {
        var invisible = new LineSeries { StrokeThickness = 0 };
        foreach (var line in HorizontalLines)
            invisible.Points.Add(new(Series[0].X[0], line.Value));
        foreach (var line in VerticalLines)
            invisible.Points.Add(new(line.Value, Series[0].Y[0]));
        return invisible;
    }

    private void Check(PlotSeries series)
    {
        var owner = $"'{series.Name}'";
        PlotData.RequireAny(series.X.Count, owner, "point", nameof(Series));
        PlotData.RequireCount(series.Y.Count, series.X.Count, $"Y of {owner}", nameof(Series));
        PlotData.Require(series.X, XAxis.Logarithmic, $"X of {owner}", nameof(Series));
        PlotData.Require(series.Y, YAxis.Logarithmic, $"Y of {owner}", nameof(Series));
        if (series.Spread is { } spread)
            PlotData.RequireSpread(spread, series.Y.Count, owner, nameof(Series));
    }

    private static LineAnnotation Reference(ReferenceLine line, PlotAxis axis, string parameter, LineAnnotation annotation)
    {
        PlotData.Require(line.Value, axis.Logarithmic, $"The line '{line.Label}'", parameter);
        annotation.Text = line.Label;
        annotation.Color = PlotStyle.ReferenceColor;
        annotation.TextColor = PlotStyle.ReferenceColor;
        annotation.LineStyle = LineStyle.LongDash;
        // At the beginning of the line, above it or to its left.
        annotation.TextLinePosition = 0.02;
        annotation.TextHorizontalAlignment = HorizontalAlignment.Left;
        annotation.TextVerticalAlignment = VerticalAlignment.Bottom;
        return annotation;
    }
}
