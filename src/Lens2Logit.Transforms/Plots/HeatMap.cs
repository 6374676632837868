using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Lens2Logit.Plots;

/// <summary>A matrix with its numbers in coloured cells, row 0 on top.</summary>
/// <remarks>
/// The colour scale is <em>cividis</em> (Nuñez, Anderton and Renslow, PLOS ONE 13(7), 2018): its lightness rises evenly, and it looks
/// nearly the same to readers with and without colour vision.
/// </remarks>
public sealed record HeatMap : Figure
{
    private const int CellWidth = 84, CellHeight = 52, PixelsPerLetter = 9;

    /// <summary>Values [rows, columns], finite, at least one.</summary>
    public required double[,] Values { get; init; }

    /// <summary>Names of the rows, as many as there are rows.</summary>
    public required IReadOnlyList<string> RowLabels { get; init; }

    /// <summary>Names of the columns, as many as there are columns.</summary>
    public required IReadOnlyList<string> ColumnLabels { get; init; }

    /// <summary>Standard deviations [rows, columns], finite and not negative, printed as ± below each value. Default null: none.</summary>
    public double[,]? Spread { get; init; }

    /// <summary>What the rows are. Default empty.</summary>
    public string RowTitle { get; init; } = "";

    /// <summary>What the columns are. Default empty.</summary>
    public string ColumnTitle { get; init; } = "";

    /// <summary>What the colour means, with its unit. Default empty.</summary>
    public string ValueTitle { get; init; } = "";

    /// <summary>.NET format of the printed numbers. Default "F3".</summary>
    public string Format { get; init; } = "F3";

    /// <summary>Value of the darkest colour. Default null: the smallest value.</summary>
    public double? Minimum { get; init; }

    /// <summary>Value of the lightest colour. Default null: the largest value.</summary>
    public double? Maximum { get; init; }

    private int Rows => Values.GetLength(0);

    private int Columns => Values.GetLength(1);

    private protected override void Draw(Stream png)
    {
        Check();
        double low = Minimum ?? Values.Cast<double>().Min(), high = Maximum ?? Values.Cast<double>().Max();
        if (low > high)
            throw PlotData.Invalid(nameof(Maximum), FormattableString.Invariant($"The colours go from {low} to {high}; Maximum must not be below Minimum."));
        // One value everywhere still needs a scale of some length.
        if (low == high)
            (low, high) = (low - 0.5, high + 0.5);

        var palette = OxyPalettes.Cividis(256);
        var model = PlotStyle.Model(Title);
        model.Axes.Add(new LinearColorAxis
        {
            Position = AxisPosition.Right, Palette = palette, Minimum = low, Maximum = high, Title = ValueTitle,
            LowColor = palette.Colors[0], HighColor = palette.Colors[^1],
        });
        bool upright = ColumnLabels.Max(label => label.Length) * PixelsPerLetter > CellWidth;
        model.Axes.Add(Names(ColumnLabels, ColumnTitle, AxisPosition.Bottom, upright ? -45 : 0));
        var rows = Names(RowLabels, RowTitle, AxisPosition.Left, 0);
        (rows.StartPosition, rows.EndPosition) = (1, 0);
        model.Axes.Add(rows);

        // Rectangles, for OxyPlot's own heat map paints nothing where there is one row or column.
        var cells = new RectangleSeries();
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                cells.Items.Add(new(new(column - 0.5, row - 0.5), new(column + 0.5, row + 0.5), Values[row, column]));
                // Dark text where the colour is light: cividis' lightness is linear in the value.
                bool light = (Values[row, column] - low) / (high - low) > 0.5;
                model.Annotations.Add(CellText(row, column, light ? OxyColors.Black : OxyColors.White));
            }
        }
        model.Series.Add(cells);
        int margin = RowLabels.Max(label => label.Length) * PixelsPerLetter, foot = upright ? ColumnLabels.Max(label => label.Length) * 7 : 20;
        PlotStyle.Write(model, png, Math.Min(8000, 160 + margin + (Columns * CellWidth)), Math.Min(8000, 90 + foot + (Rows * CellHeight)));
    }

    private static CategoryAxis Names(IReadOnlyList<string> labels, string title, AxisPosition position, double angle)
    {
        var axis = new CategoryAxis { Position = position, Title = title.Length > 0 ? title : null, Angle = angle, TickStyle = TickStyle.None, AxisTitleDistance = 8 };
        axis.Labels.AddRange(labels);
        return axis;
    }

    private TextAnnotation CellText(int row, int column, OxyColor color)
    {
        var value = PlotStyle.Number(Values[row, column], Format);
        return new()
        {
            Text = Spread is null ? value : $"{value}\n±{PlotStyle.Number(Spread[row, column], Format)}",
            TextPosition = new(column, row),
            TextHorizontalAlignment = HorizontalAlignment.Center,
            TextVerticalAlignment = VerticalAlignment.Middle,
            TextColor = color,
            StrokeThickness = 0,
        };
    }

    private void Check()
    {
        PlotData.RequireAny(Values.Length, "The heat map", "cell", nameof(Values));
        PlotData.RequireCount(RowLabels.Count, Rows, nameof(RowLabels), nameof(RowLabels));
        PlotData.RequireCount(ColumnLabels.Count, Columns, nameof(ColumnLabels), nameof(ColumnLabels));
        if (Spread is not null && (Spread.GetLength(0) != Rows || Spread.GetLength(1) != Columns))
            throw PlotData.Invalid(nameof(Spread), $"Spread is [{Spread.GetLength(0)}, {Spread.GetLength(1)}]; expected [{Rows}, {Columns}], as Values.");
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                var cell = $"of row '{RowLabels[row]}', column '{ColumnLabels[column]}'";
                PlotData.Require(Values[row, column], logarithmic: false, $"The value {cell}", nameof(Values));
                if (Spread is not null)
                    PlotData.RequireSpread([Spread[row, column]], 1, $"the cell {cell}", nameof(Spread));
            }
        }
        PlotData.Require(Minimum ?? 0, logarithmic: false, "The minimum of the colour scale", nameof(Minimum));
        PlotData.Require(Maximum ?? 0, logarithmic: false, "The maximum of the colour scale", nameof(Maximum));
    }
}
