using Lens2Logit.Isp;
using SkiaSharp;

namespace Lens2Logit.Plots;

/// <summary>
/// Small pictures in rows, all in cells of one size. A picture keeps its proportions; one that is enlarged shows its pixels as squares.
/// </summary>
public sealed record ContactSheet : Figure
{
    private const int Gap = 6, TextHeight = 24, LargestSide = 16_384;

    /// <summary>The rows from top to bottom, at least one and with at least one picture.</summary>
    public required IReadOnlyList<SheetRow> Rows { get; init; }

    /// <summary>Height and width of a cell in pixels, 16 to 2048. Default 128.</summary>
    public int CellSize { get; init; } = 128;

    private protected override void Draw(Stream png)
    {
        FigureSize.Check(nameof(CellSize), CellSize, 16, 2048);
        PlotData.RequireAny(Rows.Sum(row => row.Images.Count), "The contact sheet", "picture", nameof(Rows));
        for (int row = 0; row < Rows.Count; row++)
        {
            for (int column = 0; column < Rows[row].Images.Count; column++)
                Check(Rows[row].Images[column], $"row {row}, picture {column}");
        }

        int heading = Title.Length > 0 ? TextHeight : 0;
        int width = (Rows.Max(row => row.Images.Count) * (CellSize + Gap)) + Gap, height = Rows.Sum(RowHeight) + heading + Gap;
        FigureSize.Check("The width of the sheet", width, 1, LargestSide);
        FigureSize.Check("The height of the sheet", height, 1, LargestSide);
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        using var font = SKTypeface.FromFamilyName(PlotStyle.FontFamily);
        using var text = new SKPaint { Color = SKColors.Black, Typeface = font, TextSize = 15, IsAntialias = true };
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.DrawText(Title, Gap, TextHeight - 7, text);
        int top = heading;
        foreach (var row in Rows)
        {
            DrawRow(surface.Canvas, row, top, text);
            top += RowHeight(row);
        }
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        data.SaveTo(png);
    }

    private static int Heading(SheetRow row) => row.Caption.Length > 0 ? TextHeight : Gap;

    private int RowHeight(SheetRow row) => Heading(row) + CellSize + (row.Images.Any(image => image.Caption.Length > 0) ? TextHeight : 0);

    private void DrawRow(SKCanvas canvas, SheetRow row, int top, SKPaint text)
    {
        canvas.DrawText(row.Caption, Gap, top + TextHeight - 7, text);
        top += Heading(row);
        for (int column = 0; column < row.Images.Count; column++)
        {
            var image = row.Images[column];
            int left = Gap + (column * (CellSize + Gap));
            using var bitmap = ToBitmap(image);
            using var pixels = SKImage.FromBitmap(bitmap);
            float scale = (float)CellSize / Math.Max(image.Height, image.Width);
            var size = new SKSize(image.Width * scale, image.Height * scale);
            // Squares when enlarged, averages when reduced.
            using var paint = new SKPaint { FilterQuality = scale >= 1 ? SKFilterQuality.None : SKFilterQuality.Medium };
            canvas.DrawImage(pixels, SKRect.Create(left + ((CellSize - size.Width) / 2), top + ((CellSize - size.Height) / 2), size.Width, size.Height), paint);
            canvas.DrawText(image.Caption, left, top + CellSize + TextHeight - 7, text);
        }
    }

    private static SKBitmap ToBitmap(SheetImage image)
    {
        var pixels = image.Pixels.Span;
        int count = image.Height * image.Width, blue = pixels.Length - count;
        // Green of three planes, or the one plane there is.
        int green = blue / 2;
        var bitmap = new SKBitmap(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var colors = new SKColor[count];
        for (int i = 0; i < count; i++)
            colors[i] = new(Byte(pixels[i]), Byte(pixels[green + i]), Byte(pixels[blue + i]));
        bitmap.Pixels = colors;
        return bitmap;

        static byte Byte(float value) => (byte)MathF.Round(255 * Math.Clamp(value, 0, 1));
    }

    private static void Check(SheetImage image, string where)
    {
        if (image.Height < 1 || image.Width < 1)
            throw PlotData.Invalid(nameof(Rows), $"The size in {where} is {image.Height}×{image.Width}; expected at least 1×1.");
        long count = (long)image.Height * image.Width;
        if (image.Pixels.Length != count && image.Pixels.Length != 3 * count)
        {
            throw PlotData.Invalid(
                nameof(Rows), $"The picture in {where} has {image.Pixels.Length} values; {image.Height}×{image.Width} needs {3 * count} (colour) or {count} (grey).");
        }
        ImageGuard.RequireFinite(image.Pixels.Span, image.Height, image.Width, $"the picture in {where}");
    }
}
