using Lens2Logit.Sensors;
using Microsoft.ML.Data;

namespace Segmentation;

/// <summary>A square part of an image, with its mask.</summary>
internal sealed class MaskedTile
{
    /// <summary>Linear RGB [3, H, W].</summary>
    public float[] Scene { get; set; } = [];

    /// <summary>0 and 1, [H, W].</summary>
    public float[] Mask { get; set; } = [];

    /// <summary>File and position.</summary>
    public string Name { get; set; } = "";

    /// <summary>Cuts an image and its mask into tiles that do not overlap; what is left at the right and at the bottom is not used.</summary>
    public static IEnumerable<MaskedTile> Cut(string imagePath, string maskPath, int size)
    {
        using var image = MLImage.CreateFromFile(imagePath);
        using var mask = MLImage.CreateFromFile(maskPath);
        if (image.Width != mask.Width || image.Height != mask.Height)
            throw new InvalidDataException($"'{imagePath}' is {image.Height}×{image.Width} pixels, its mask '{maskPath}' {mask.Height}×{mask.Width}; expected the same size.");
        for (int top = 0; top + size <= image.Height; top += size)
        {
            for (int left = 0; left + size <= image.Width; left += size)
                yield return Cut(image, mask, top, left, size, $"{Path.GetFileName(imagePath)} {top} {left}");
        }
    }

    private static MaskedTile Cut(MLImage image, MLImage mask, int top, int left, int size, string name)
    {
        var tile = new MaskedTile { Scene = new float[3 * size * size], Mask = new float[size * size], Name = name };
        int red = image.PixelFormat == MLPixelFormat.Rgba32 ? 0 : 2;
        var pixels = image.Pixels;
        var marks = mask.Pixels;
        for (int i = 0; i < tile.Mask.Length; i++)
        {
            int source = 4 * ((top + i / size) * image.Width + left + i % size);
            tile.Mask[i] = marks[source] > 127 ? 1 : 0;
            for (int channel = 0; channel < 3; channel++)
                tile.Scene[channel * tile.Mask.Length + i] = SrgbTransfer.Decode(pixels[source + (channel == 1 ? 1 : channel == 0 ? red : 2 - red)]);
        }
        return tile;
    }
}
