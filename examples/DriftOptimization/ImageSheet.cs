using SkiaSharp;

namespace DriftOptimization;

/// <summary>One row of a contact sheet: a caption and views [3, size, size] in [0, 1].</summary>
internal sealed record SampleRow(string Caption, IReadOnlyList<float[]> Views);

/// <summary>Draws the same scenes, developed in different ways, below one another.</summary>
internal static class ImageSheet
{
    private const int Cell = 128, Gap = 4, CaptionHeight = 24;

    public static void Save(IReadOnlyList<SampleRow> rows, string path)
    {
        int columns = rows.Max(r => r.Views.Count);
        using var surface = SKSurface.Create(new SKImageInfo(columns * (Cell + Gap) + Gap, rows.Count * (Cell + CaptionHeight + Gap) + Gap));
        using var text = new SKPaint { Color = SKColors.Black, TextSize = 15, IsAntialias = true };
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        for (int row = 0; row < rows.Count; row++)
        {
            int top = Gap + row * (Cell + CaptionHeight + Gap);
            canvas.DrawText(rows[row].Caption, Gap, top + CaptionHeight - 7, text);
            for (int column = 0; column < rows[row].Views.Count; column++)
            {
                using var bitmap = ToBitmap(rows[row].Views[column]);
                canvas.DrawBitmap(bitmap, SKRect.Create(Gap + column * (Cell + Gap), top + CaptionHeight, Cell, Cell));
            }
        }
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        using var file = File.Create(path);
        png.SaveTo(file);
    }

    private static SKBitmap ToBitmap(float[] view)
    {
        int pixels = view.Length / 3, size = (int)Math.Sqrt(pixels);
        var bitmap = new SKBitmap(size, size, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (int i = 0; i < pixels; i++)
            bitmap.SetPixel(i % size, i / size, new(Byte(view[i]), Byte(view[pixels + i]), Byte(view[2 * pixels + i])));
        return bitmap;

        static byte Byte(float value) => (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
    }
}
