using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Augmentation;

/// <summary>The geometry of augmentation, for images and masks [N, C, H, W] alike.</summary>
internal static class ImageGeometry
{
    /// <summary>Flips, turns and rotates by what was drawn.</summary>
    public static Tensor Apply(Tensor image, in AugmentationDraw draw, bool isMask)
    {
        if (draw.FlipHorizontally)
            image = image.flip(3);
        if (draw.FlipVertically)
            image = image.flip(2);
        if (draw.QuarterTurns != 0)
            image = image.rot90(draw.QuarterTurns, (2, 3));
        return draw.AngleDegrees == 0 ? image : Rotate(image, draw.AngleDegrees, isMask);
    }

    /// <summary>Rotates counter-clockwise about the middle; what comes from outside is 0.</summary>
    /// <param name="image">[N, C, H, W]; a mask of any type.</param>
    /// <param name="degrees">The angle.</param>
    /// <param name="isMask">Whether the nearest pixel is taken, so that no new values appear; otherwise bilinear.</param>
    public static Tensor Rotate(Tensor image, double degrees, bool isMask)
    {
        var source = is_floating_point(image) ? image : image.to(ScalarType.Float32);
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        double height = image.shape[2], width = image.shape[3];
        // From output to input, in units of half the width and half the height.
        double[] rows = [cos, -sin * height / width, 0, sin * width / height, cos, 0];
        var map = tensor(rows, dtype: source.dtype, device: source.device).view(1, 2, 3);
        var grid = nn.functional.affine_grid(map.expand(image.shape[0], 2, 3), image.shape, align_corners: false);
        var mode = isMask ? GridSampleMode.Nearest : GridSampleMode.Bilinear;
        var rotated = nn.functional.grid_sample(source, grid, mode, GridSamplePaddingMode.Zeros, align_corners: false);
        return rotated.to(image.dtype);
    }
}
