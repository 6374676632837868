using Microsoft.ML.Data;

namespace Lens2Logit.Tests;

/// <summary>Writes small images.</summary>
internal static class ImageFiles
{
    public static string WriteGrey(string folder, string name, int size, byte value)
    {
        var pixels = new byte[4 * size * size];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = i % 4 == 3 ? (byte)255 : value;
        Directory.CreateDirectory(folder);
        using var image = MLImage.CreateFromPixels(size, size, MLPixelFormat.Bgra32, pixels);
        image.Save(Path.Combine(folder, name));
        return name;
    }
}
