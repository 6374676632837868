using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Augmentation;

/// <summary>Changes training images at random, every image of a batch by its own draw, and masks by the same geometry.</summary>
/// <remarks>
/// <para>
/// An image's draw follows from seed, epoch and row key alone: not from its batch, the order or threads. Gradients pass to the images, so
/// augmentation may stand between a learned ISP and the network.
/// </para>
/// <para>
/// Differs from the paper's code in two ways: rotation is bilinear, not nearest (masks stay nearest), and softening does not clip to [0, 1],
/// which ruined batch-normalised views there. Immutable and thread safe.
/// </para>
/// </remarks>
public sealed class Augmenter
{
    /// <summary>Standard deviation of the noise of <see cref="AugmentationStrength.Strong"/>, in units of the image.</summary>
    public const double NoiseSigma = 5e-4;

    /// <summary>
    /// Sharpness of softened images under <see cref="AugmentationStrength.Strong"/>: 1 leaves an image as it is, 0 blurs it with a 3×3 kernel.
    /// </summary>
    public const double Sharpness = 0.5;

    /// <summary>Creates an augmenter.</summary>
    /// <param name="strength">What is done.</param>
    /// <param name="seed">Tells series of draws apart.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such strength.</exception>
    public Augmenter(AugmentationStrength strength, int seed = 0)
    {
        if (!Enum.IsDefined(strength))
            throw new ArgumentOutOfRangeException(nameof(strength), strength, "Expected Weak or Strong.");
        Strength = strength;
        Seed = seed;
    }

    /// <summary>What is done.</summary>
    public AugmentationStrength Strength { get; }

    /// <summary>The seed of all draws.</summary>
    public int Seed { get; }

    /// <summary>Augments images.</summary>
    /// <param name="images">[N, C, H, W], floating point, of any range.</param>
    /// <param name="rowKeys">Identity of each image, N values.</param>
    /// <param name="epoch">Other epochs, other draws.</param>
    /// <returns>Images of the same shape.</returns>
    /// <exception cref="ArgumentException">A shape or the number of keys does not fit; the message says how.</exception>
    public Tensor Apply(Tensor images, ReadOnlySpan<ulong> rowKeys, int epoch) => Run(images, null, rowKeys, epoch).Images;

    /// <summary>Augments images, and masks by the same flips and rotations.</summary>
    /// <param name="images">[N, C, H, W], floating point, of any range.</param>
    /// <param name="masks">[N, H, W] or [N, K, H, W], of any type; 0 is background.</param>
    /// <param name="rowKeys">Identity of each image, N values.</param>
    /// <param name="epoch">Other epochs, other draws.</param>
    /// <returns>Images and masks of the same shapes and types.</returns>
    /// <exception cref="ArgumentException">A shape or the number of keys does not fit; the message says how.</exception>
    public (Tensor Images, Tensor Masks) Apply(Tensor images, Tensor masks, ReadOnlySpan<ulong> rowKeys, int epoch)
    {
        ArgumentNullException.ThrowIfNull(masks);
        var (newImages, newMasks) = Run(images, masks, rowKeys, epoch);
        return (newImages, newMasks!);
    }

    private (Tensor Images, Tensor? Masks) Run(Tensor images, Tensor? masks, ReadOnlySpan<ulong> rowKeys, int epoch)
    {
        RequireShapes(images, masks, rowKeys.Length);
        using var scope = NewDisposeScope();
        bool square = images.shape[2] == images.shape[3];
        var planes = masks is { } m && m.dim() == 3 ? m.unsqueeze(1) : masks;
        var newImages = new Tensor[rowKeys.Length];
        var newMasks = new Tensor[rowKeys.Length];
        for (int i = 0; i < rowKeys.Length; i++)
        {
            var draw = AugmentationDraw.Create(Strength, square, Seed, epoch, rowKeys[i]);
            var image = ImageGeometry.Apply(images.narrow(0, i, 1), draw, isMask: false);
            if (draw.HasNoise)
                image = image + Noise(image, epoch, rowKeys[i]);
            newImages[i] = draw.IsSoftened ? Soften(image) : image;
            if (planes is not null)
                newMasks[i] = ImageGeometry.Apply(planes.narrow(0, i, 1), draw, isMask: true);
        }
        var allMasks = masks is null ? null : cat(newMasks, 0).view(masks.shape).MoveToOuterDisposeScope();
        return (cat(newImages, 0).MoveToOuterDisposeScope(), allMasks);
    }

    private Tensor Noise(Tensor image, int epoch, ulong rowKey)
    {
        var normal = AugmentationDraw.Noise((int)image.numel(), Seed, epoch, rowKey);
        return NoiseSigma * tensor(normal, dtype: image.dtype, device: image.device).view(image.shape);
    }

    /// <summary>Mixes the image with its blur [1 1 1; 1 5 1; 1 1 1]/13; the outermost pixels stay. Source: torchvision's <c>adjust_sharpness</c>.</summary>
    internal static Tensor Soften(Tensor image)
    {
        long channels = image.shape[1], height = image.shape[2], width = image.shape[3];
        if (height < 3 || width < 3)
            return image;
        double[] weights = [1, 1, 1, 1, 5, 1, 1, 1, 1];
        var kernel = tensor(weights, dtype: image.dtype, device: image.device).div(13).view(1, 1, 3, 3);
        var inner = image.slice(2, 1, height - 1, 1).slice(3, 1, width - 1, 1);
        var change = nn.functional.conv2d(image, kernel.expand(channels, 1, 3, 3).contiguous(), groups: channels) - inner;
        return image + (1 - Sharpness) * nn.functional.pad(change, [1, 1, 1, 1]);
    }

    private static void RequireShapes(Tensor images, Tensor? masks, int keys)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4 || !is_floating_point(images))
            throw new ArgumentException($"Augmentation takes floating-point images [N, C, H, W]; found {images.dtype} [{string.Join(", ", images.shape)}].");
        if (keys != images.shape[0] || keys == 0)
            throw new ArgumentException($"There are {images.shape[0]} images and {keys} row keys; expected as many, and at least one.");
        if (masks is not null
            && (masks.dim() is not (3 or 4) || masks.shape[0] != images.shape[0] || !masks.shape.AsSpan()[^2..].SequenceEqual(images.shape.AsSpan()[^2..])))
            throw new ArgumentException(
                "Masks must be [N, H, W] or [N, K, H, W] of the images' size; "
                + $"found [{string.Join(", ", masks.shape)}] for images [{string.Join(", ", images.shape)}].");
    }
}
