using static TorchSharp.torch;

namespace Lens2Logit.Losses;

/// <summary>The ℓ2 penalty of the paper's forensics: the sum of squared differences of two batches of images.</summary>
/// <remarks>A sum, not a mean: it grows with the number and size of the images, and the paper's weights λ (1e-2 to 1e-6) are for that.</remarks>
public static class SquaredDistance
{
    /// <summary>Σ (first − second)² over the whole batch.</summary>
    /// <param name="first">[N, C, H, W], floating point.</param>
    /// <param name="second">Likewise.</param>
    /// <returns>A scalar of at least 0.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, C, H, W].</exception>
    public static Tensor Sum(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        LossGuard.RequireSameImages(first, second);
        return (first - second).square().sum().MoveToOuterDisposeScope();
    }
}
