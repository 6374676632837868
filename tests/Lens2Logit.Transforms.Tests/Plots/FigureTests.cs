using Lens2Logit.Plots;
using SkiaSharp;

namespace Lens2Logit.Tests.Plots;

/// <summary>Figures are drawn from good data, in the size that was asked for, and refuse the rest by name.</summary>
public class FigureTests
{
    private static readonly double[] Positions = [1, 2, 3];

    private static LineChart Chart => new()
    {
        XAxis = new("light, photons"),
        YAxis = new("signal, DN"),
        Series = [new("measured", Positions, [2, 4, 6]) { Spread = [0.1, 0.2, 0.3], Mark = SeriesMark.LineAndPoints }],
    };

    private static HeatMap Matrix => new()
    {
        Values = new double[,] { { 0.1, 0.5, 0.9 }, { 0.2, 0.3, 1.0 } },
        RowLabels = ["first", "second"],
        ColumnLabels = ["a", "b", "c"],
    };

    private static ContactSheet Sheet => new()
    {
        CellSize = 16,
        Rows = [new("", [new(new float[] { 1, 0, 0 }, 1, 1), new(new float[] { 0, 0.5f }, 1, 2)])],
    };

    [TestCase(-0.04, "F1", "0.0")]
    [TestCase(-0.06, "F1", "-0.1")]
    [TestCase(-12, "G3", "-12")]
    [TestCase(0, "F2", "0.00")]
    public void A_zero_has_no_sign(double value, string format, string expected) => Assert.That(PlotStyle.Number(value, format), Is.EqualTo(expected));

    [Test]
    public void Charts_are_png_pictures_of_the_size_asked_for()
    {
        using var chart = Decode((Chart with { Width = 640, Height = 400 }).ToPng());
        Assert.That((chart.Width, chart.Height), Is.EqualTo((640, 400)));
    }

    [Test]
    public void Series_are_drawn_in_the_palette_of_Okabe_and_Ito()
    {
        using var chart = Decode((Chart with { Series = [.. Enumerable.Range(1, 3).Select(k => new PlotSeries($"{k}", Positions, [k, k, k]))] }).ToPng());
        var colors = chart.Pixels.ToHashSet();
        Assert.That(colors, Is.SupersetOf(new SKColor[] { new(0, 114, 178), new(213, 94, 0), new(0, 158, 115) }));
    }

    [Test]
    public void Axes_reach_to_the_reference_lines()
    {
        using var chart = Decode((Chart with { HorizontalLines = [new(100, "")], VerticalLines = [new(50, "")] }).ToPng());
        var grey = new SKColor(110, 110, 110);
        // Long dashes across the plot.
        Assert.That(Enumerable.Range(0, chart.Height).Max(y => Enumerable.Range(0, chart.Width).Count(x => chart.GetPixel(x, y) == grey)), Is.GreaterThan(chart.Width / 2));
        Assert.That(Enumerable.Range(0, chart.Width).Max(x => Enumerable.Range(0, chart.Height).Count(y => chart.GetPixel(x, y) == grey)), Is.GreaterThan(chart.Height / 2));
    }

    [Test]
    public void Heat_maps_colour_their_extremes_by_the_ends_of_cividis()
    {
        using var map = Decode(Matrix.ToPng());
        var colors = map.Pixels.ToHashSet();
        Assert.That(colors.Any(c => c is { Red: < 5, Green: < 40, Blue: > 70 and < 90 }), "dark blue");
        Assert.That(colors.Any(c => c is { Red: > 250, Green: > 225, Blue: < 75 }), "yellow");
    }

    [TestCase(1, 3)]
    [TestCase(3, 1)]
    [TestCase(1, 1)]
    public void Heat_maps_of_a_single_row_or_column_paint_every_cell(int rows, int columns)
    {
        var values = new double[rows, columns];
        for (int i = 0; i < rows * columns; i++)
            values[i / columns, i % columns] = 1;
        using var map = Decode(new HeatMap { Values = values, RowLabels = [.. Enumerable.Repeat("r", rows)], ColumnLabels = [.. Enumerable.Repeat("c", columns)], Minimum = 0, Maximum = 1 }.ToPng());
        // A cell is 84×52; the colour scale beside it shows its lightest colour in a small part alone.
        Assert.That(map.Pixels.Count(c => c is { Red: > 250, Green: > 225, Blue: < 75 }), Is.GreaterThan(rows * columns * 84 * 52 / 2));
    }

    [Test]
    public void Contact_sheets_show_colour_and_grey_pixel_by_pixel()
    {
        using var sheet = Decode(Sheet.ToPng());
        // A gap of 6, a cell of 16, a gap of 6; the second picture is 16×8 in the middle of its cell.
        Assert.Multiple(() =>
        {
            Assert.That(sheet.GetPixel(14, 14), Is.EqualTo(new SKColor(255, 0, 0)), "red");
            Assert.That(sheet.GetPixel(29, 14), Is.EqualTo(SKColors.Black), "left half");
            Assert.That(sheet.GetPixel(42, 14), Is.EqualTo(new SKColor(128, 128, 128)), "right half");
            Assert.That(sheet.GetPixel(36, 7), Is.EqualTo(SKColors.White), "above");
        });
    }

    [Test]
    public void Runs_become_their_mean_with_the_sample_standard_deviation()
    {
        var series = PlotSeries.OfRuns("three runs", [0, 1], [[1, 10], [2, 10], [3, 10]]);
        Assert.Multiple(() =>
        {
            Assert.That(series.Y, Is.EqualTo(new[] { 2.0, 10 }));
            Assert.That(series.Spread, Is.EqualTo(new[] { 1.0, 0 }));
            Assert.That(PlotSeries.OfRuns("one run", [0, 1], [[1, 2]]).Spread, Is.Null);
        });
    }

    [Test]
    public void Bands_that_reach_below_zero_are_drawn_on_a_logarithmic_axis()
    {
        var chart = Chart with { YAxis = new("noise, DN") { Logarithmic = true }, Series = [new("noisy", Positions, [1, 2, 3]) { Spread = [2, 2, 2] }] };
        Assert.That(chart.ToPng(), Is.Not.Empty);
    }

    [TestCaseSource(nameof(BadFigures))]
    public void Bad_data_is_named(Figure figure, string message)
    {
        Assert.That(figure.ToPng, Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));
    }

    [Test]
    public void A_figure_that_cannot_be_drawn_leaves_no_file()
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, Guid.NewGuid().ToString("N"), "figure.png");
        Assert.That(() => (Chart with { Series = [] }).Save(path), Throws.ArgumentException);
        Assert.That(Path.GetDirectoryName(path), Does.Not.Exist);
    }

    private static IEnumerable<TestCaseData> BadFigures()
    {
        PlotSeries Series(double[] y) => new("measured", Positions, y);
        yield return Case("no series", Chart with { Series = [] }, "has no series");
        yield return Case("no point", Chart with { Series = [new("measured", [], [])] }, "'measured' has no point");
        yield return Case("length", Chart with { Series = [Series([1, 2])] }, "Y of 'measured' has 2 values; expected 3");
        yield return Case("NaN", Chart with { Series = [Series([1, double.NaN, 3])] }, "Y of 'measured'[1] is NaN");
        yield return Case("spread length", Chart with { Series = [Series([1, 2, 3]) with { Spread = [1] }] }, "The spread of 'measured' has 1 values; expected 3");
        yield return Case("negative spread", Chart with { Series = [Series([1, 2, 3]) with { Spread = [1, -1, 1] }] }, "[1] is -1; expected 0 or more");
        yield return Case("log of zero", Chart with { YAxis = new("y") { Logarithmic = true }, Series = [Series([0, 1, 2])] }, "Y of 'measured'[0] is 0; a logarithmic axis");
        yield return Case("reference line", Chart with { HorizontalLines = [new(double.PositiveInfinity, "limit")] }, "The line 'limit' is");
        yield return Case("axis", Chart with { XAxis = new("x") { Minimum = 2, Maximum = 1 } }, "'x' goes from 2 to 1");
        yield return Case("width", Chart with { Width = 10 }, "Width is 10 pixels; the allowed range is 200 to 8000 pixels");
        yield return Case("empty matrix", Matrix with { Values = new double[0, 0], RowLabels = [], ColumnLabels = [] }, "has no cell");
        yield return Case("labels", Matrix with { RowLabels = ["first"] }, "RowLabels has 1 values; expected 2");
        yield return Case("NaN cell", Matrix with { Values = new[,] { { 0.1, 0.5, 0.9 }, { 0.2, double.NaN, 1 } } }, "row 'second', column 'b' is NaN");
        yield return Case("colour scale", Matrix with { Maximum = double.PositiveInfinity }, "The maximum of the colour scale is");
        yield return Case("picture size", Sheet with { Rows = [new("", [new(ReadOnlyMemory<float>.Empty, 1 << 16, 1 << 16)])] }, "has 0 values; 65536×65536 needs");
        yield return Case("spread shape", Matrix with { Spread = new double[1, 3] }, "Spread is [1, 3]; expected [2, 3]");
        yield return Case("bars", new BarChart { Labels = ["a", "b"], Values = [1], Axis = new("drop") }, "Values has 1 values; expected 2");
        yield return Case("logarithmic bars", new BarChart { Labels = ["a"], Values = [1], Axis = new("drop") { Logarithmic = true } }, "linear axis alone");
        yield return Case("no picture", Sheet with { Rows = [] }, "has no picture");
        yield return Case("picture length", Sheet with { Rows = [new("", [new(new float[5], 2, 2)])] }, "row 0, picture 0 has 5 values; 2×2 needs 12 (colour) or 4 (grey)");
        yield return Case("sheet size", Sheet with { CellSize = 2048, Rows = [new("", [.. Enumerable.Repeat(Sheet.Rows[0].Images[0], 8)])] }, "The width of the sheet is");
        yield return Case("picture NaN", Sheet with { Rows = [new("", [new(new[] { float.NaN }, 1, 1)])] }, "'the picture in row 0, picture 0' holds NaN");

        static TestCaseData Case(string name, Figure figure, string message) => new TestCaseData(figure, message).SetName($"Bad_data_is_named({name})");
    }

    private static SKBitmap Decode(byte[] png) => SKBitmap.Decode(png);
}
