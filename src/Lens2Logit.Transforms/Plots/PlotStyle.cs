using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.SkiaSharp;
using SkiaSharp;

namespace Lens2Logit.Plots;

/// <summary>What all charts look like.</summary>
internal static class PlotStyle
{
    // Okabe and Ito's palette without its yellow, which is too faint for a line on white.
    private static readonly OxyColor[] Colors =
    [
        OxyColor.FromRgb(0, 114, 178),
        OxyColor.FromRgb(213, 94, 0),
        OxyColor.FromRgb(0, 158, 115),
        OxyColor.FromRgb(204, 121, 167),
        OxyColor.FromRgb(230, 159, 0),
        OxyColor.FromRgb(86, 180, 233),
        OxyColors.Black,
    ];

    // Four dashes and seven colours repeat together only after 28 series.
    private static readonly LineStyle[] Dashes = [LineStyle.Solid, LineStyle.Dash, LineStyle.DashDot, LineStyle.Dot];

    private static readonly MarkerType[] Markers = [MarkerType.Circle, MarkerType.Square, MarkerType.Triangle, MarkerType.Diamond];

    // The first that is installed; skia's own default may be a serif font.
    private static readonly string[] FontFamilies = ["Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans"];

    /// <summary>Whether the machine has a font at all: slim container images have none.</summary>
    public static bool HasFonts { get; } = SKTypeface.Default.GlyphCount > 0;

    /// <summary>A sans serif font family of this machine, or its default.</summary>
    public static string FontFamily { get; } = FontFamilies.Intersect(SKFontManager.Default.FontFamilies).FirstOrDefault(SKTypeface.Default.FamilyName);

    public static OxyColor ReferenceColor { get; } = OxyColor.FromRgb(110, 110, 110);

    /// <summary>A number in a .NET format, without the sign of a zero.</summary>
    public static string Number(double value, string format)
    {
        var text = value.ToString(format, CultureInfo.InvariantCulture);
        return text.StartsWith('-') && text.AsSpan().IndexOfAnyInRange('1', '9') < 0 ? text[1..] : text;
    }

    public static OxyColor Color(int series) => Colors[series % Colors.Length];

    public static LineStyle Dash(int series) => Dashes[series % Dashes.Length];

    public static MarkerType Marker(int series) => Markers[series % Markers.Length];

    public static PlotModel Model(string title)
    {
        var model = new PlotModel
        {
            Title = title,
            TitleFontWeight = FontWeights.Normal,
            TitleFontSize = 17,
            DefaultFont = FontFamily,
            DefaultFontSize = 14,
            Background = OxyColors.White,
        };
        model.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.BottomCenter,
            LegendPlacement = LegendPlacement.Outside,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendItemSpacing = 24,
            LegendSymbolLength = 32,
        });
        return model;
    }

    public static Axis Axis(PlotAxis axis, AxisPosition position)
    {
        if (axis is { Minimum: { } low, Maximum: { } high } && !(low < high))
            throw new ArgumentException(FormattableString.Invariant($"The axis '{axis.Title}' goes from {low} to {high}; the end must be above the beginning."));
        if (axis.Minimum is { } minimum)
            PlotData.Require(minimum, axis.Logarithmic, $"The minimum of the axis '{axis.Title}'", nameof(PlotAxis.Minimum));
        if (axis.Maximum is { } maximum)
            PlotData.Require(maximum, axis.Logarithmic, $"The maximum of the axis '{axis.Title}'", nameof(PlotAxis.Maximum));
        Axis drawn = axis.Logarithmic ? new LogarithmicAxis { UseSuperExponentialFormat = true } : new LinearAxis { MinimumPadding = 0.06, MaximumPadding = 0.06 };
        drawn.Position = position;
        drawn.Title = axis.Title;
        drawn.AxisTitleDistance = 8;
        drawn.Minimum = axis.Minimum ?? double.NaN;
        drawn.Maximum = axis.Maximum ?? double.NaN;
        if (axis.WholeNumbers)
            (drawn.MinimumMajorStep, drawn.MinimumMinorStep) = (1, 1);
        drawn.MajorGridlineStyle = LineStyle.Solid;
        drawn.MajorGridlineColor = OxyColor.FromRgb(225, 225, 225);
        return drawn;
    }

    public static void Write(PlotModel model, Stream png, int width, int height)
    {
        // Shaping text fails without a font; drawing it just draws nothing.
        new PngExporter { Width = width, Height = height, UseTextShaping = HasFonts }.Export(model, png);

        // OxyPlot draws what it could not draw as text into the picture.
        if (model.GetLastPlotException() is { } failure)
            throw new InvalidOperationException("The figure could not be drawn.", failure);
    }
}
