using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>Reads a scene, planar linear RGB [3, H, W], from a vector or from an 8-bit sRGB image.</summary>
internal static class SceneReader
{
    public static Action<float[]> Create(DataViewRow row, DataViewSchema.Column column, int height, int width)
    {
        if (column.Type is not ImageDataViewType)
        {
            var getVector = row.GetGetter<VBuffer<float>>(column);
            VBuffer<float> vector = default;
            return scene =>
            {
                getVector(ref vector);
                ImageShape.Copy(in vector, scene, column.Name, row.Position);
            };
        }
        var getImage = row.GetGetter<MLImage>(column);
        MLImage? image = null;
        return scene =>
        {
            getImage(ref image!);
            if (image is null)
                throw new InvalidDataException($"Row {row.Position} of column '{column.Name}' holds no image; its path may be empty.");
            if (image.Height != height || image.Width != width)
                throw new InvalidDataException($"Row {row.Position} of column '{column.Name}' is {image.Height}×{image.Width} pixels; expected {height}×{width}.");
            Decode(image, scene);
        };
    }

    private static void Decode(MLImage image, float[] scene)
    {
        int red = image.PixelFormat switch
        {
            MLPixelFormat.Rgba32 => 0,
            MLPixelFormat.Bgra32 => 2,
            _ => throw new InvalidDataException($"The image's pixels are {image.PixelFormat}; expected Bgra32 or Rgba32."),
        };
        var pixels = image.Pixels;
        int count = scene.Length / 3;
        for (int i = 0; i < count; i++)
        {
            scene[i] = SrgbTransfer.Decode(pixels[4 * i + red]);
            scene[count + i] = SrgbTransfer.Decode(pixels[4 * i + 1]);
            scene[2 * count + i] = SrgbTransfer.Decode(pixels[4 * i + 2 - red]);
        }
    }
}
