using static TorchSharp.torch;

namespace Lens2Logit.Losses;

/// <summary>
/// Structural similarity of images, differentiable in both: 1 for equal images, less for others, at least −1.
/// </summary>
/// <remarks>
/// Gaussian window 11×11 with σ 1.5, zero padding, per channel, constants for images of range 1: C₁ = 0.01², C₂ = 0.03². Source: Wang et
/// al., <i>Image quality assessment: from error visibility to structural similarity</i>, IEEE TIP 13 (2004), in the form of the paper's
/// code. Beware of the sign: the forensics loss of that code added the similarity to what it minimised and so rewarded dissimilar images;
/// <see cref="Loss"/> is 1 − similarity.
/// </remarks>
public static class StructuralSimilarity
{
    private const int Window = 11;
    private const double Sigma = 1.5;
    private const double C1 = 0.01 * 0.01;
    private const double C2 = 0.03 * 0.03;

    /// <summary>The mean similarity over all pixels, channels and images.</summary>
    /// <param name="first">[N, C, H, W], floating point.</param>
    /// <param name="second">Likewise.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, C, H, W].</exception>
    public static Tensor Mean(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        return Map(first, second).mean().MoveToOuterDisposeScope();
    }

    /// <summary>The mean similarity of each pair of images.</summary>
    /// <param name="first">[N, C, H, W], floating point.</param>
    /// <param name="second">Likewise.</param>
    /// <returns>[N].</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, C, H, W].</exception>
    public static Tensor PerImage(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        return Map(first, second).mean([1, 2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>1 − <see cref="Mean"/>: 0 for equal images, to be minimised where images should stay alike.</summary>
    /// <param name="first">[N, C, H, W], floating point.</param>
    /// <param name="second">Likewise.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, C, H, W].</exception>
    public static Tensor Loss(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        return (1 - Map(first, second).mean()).MoveToOuterDisposeScope();
    }

    private static Tensor Map(Tensor first, Tensor second)
    {
        LossGuard.RequireSameImages(first, second);
        long channels = first.shape[1];
        var window = Gaussian(first);
        var mean1 = Blur(first);
        var mean2 = Blur(second);
        var product = mean1 * mean2;
        var square1 = mean1.square();
        var square2 = mean2.square();
        var variance1 = Blur(first.square()) - square1;
        var variance2 = Blur(second.square()) - square2;
        var covariance = Blur(first * second) - product;
        return (2 * product + C1) * (2 * covariance + C2) / ((square1 + square2 + C1) * (variance1 + variance2 + C2));

        Tensor Blur(Tensor image) => nn.functional.conv2d(image, window, padding: [Window / 2, Window / 2], groups: channels);
    }

    /// <summary>The window for every channel [C, 1, 11, 11], with the images' type and device.</summary>
    private static Tensor Gaussian(Tensor image)
    {
        var weights = new double[Window];
        for (int i = 0; i < Window; i++)
        {
            double distance = (i - Window / 2) / Sigma;
            weights[i] = Math.Exp(-0.5 * distance * distance);
        }
        double sum = weights.Sum();
        var row = tensor(Array.ConvertAll(weights, w => w / sum), dtype: image.dtype, device: image.device);
        return outer(row, row).expand(image.shape[1], 1, Window, Window).contiguous();
    }
}
