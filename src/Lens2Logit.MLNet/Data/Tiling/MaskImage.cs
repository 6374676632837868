using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Data.Tiling;

/// <summary>A mask: an image of any kind that is above 0 where an object is.</summary>
internal sealed class MaskImage
{
    private readonly bool[] _marked;

    private MaskImage(bool[] marked, int height, int width) => (_marked, Height, Width) = (marked, height, width);

    public int Height { get; }

    public int Width { get; }

    /// <exception cref="InvalidDataException">The file is no readable image.</exception>
    public static MaskImage Read(string path)
    {
        try
        {
            using var image = MLImage.CreateFromFile(path);
            var marked = new bool[image.Height * image.Width];
            var pixels = image.Pixels;
            // Four bytes a pixel, colours in either order, then opacity.
            for (int i = 0; i < marked.Length; i++)
                marked[i] = (pixels[4 * i] | pixels[4 * i + 1] | pixels[4 * i + 2]) != 0;
            return new(marked, image.Height, image.Width);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{path}' is no readable mask: {e.Message}", e);
        }
    }

    /// <summary>A square part of the mask.</summary>
    public bool[] Part(int top, int left, int size)
    {
        var part = new bool[size * size];
        for (int y = 0; y < size; y++)
            _marked.AsSpan((top + y) * Width + left, size).CopyTo(part.AsSpan(y * size));
        return part;
    }

    /// <summary>Writes a square mask as PNG, 255 where it marks.</summary>
    public static void Write(string path, bool[] marked, int size)
    {
        var pixels = new byte[4 * marked.Length];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = i % 4 == 3 || marked[i / 4] ? byte.MaxValue : (byte)0;
        using var image = MLImage.CreateFromPixels(size, size, MLPixelFormat.Bgra32, pixels);
        image.Save(path);
    }
}
