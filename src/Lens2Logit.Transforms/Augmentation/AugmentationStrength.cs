namespace Lens2Logit.Augmentation;

/// <summary>What an <see cref="Augmenter"/> does to training images. Source: the paper (TMLR 2023) and its code.</summary>
public enum AugmentationStrength
{
    /// <summary>
    /// Horizontal flip and vertical flip with probability ½ each, and a rotation by a multiple of 90°: no value changes. Images that
    /// are not square are rotated by multiples of 180°.
    /// </summary>
    Weak,

    /// <summary>
    /// Flips likewise; then, with probability ½ each: rotation by an angle between −90° and 90°, black outside; Gaussian noise of
    /// σ 5·10⁻⁴; and half the sharpness.
    /// </summary>
    Strong,
}
