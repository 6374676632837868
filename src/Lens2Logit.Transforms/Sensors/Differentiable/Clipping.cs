namespace Lens2Logit.Sensors.Differentiable;

/// <summary>
/// What a <see cref="DifferentiableMeasurement"/> does where the full well or the converter's range ends, and which gradient passes there.
/// </summary>
public enum Clipping
{
    /// <summary>
    /// Values are clipped exactly, gradients pass as if they were not (Bengio, Léonard and Courville 2013, arXiv:1308.3432). An image that
    /// is all white still tells which way is darker; the gradient is that of the mean before clipping, so it is too large where pixels clip.
    /// </summary>
    StraightThrough,

    /// <summary>
    /// Values are clipped exactly, and what is clipped has no gradient. Averaged over the noise this is the gradient of the mean of the
    /// clipped signal, without bias; an image that is all white has none.
    /// </summary>
    Hard,

    /// <summary>
    /// Values approach the limits smoothly, over <see cref="DifferentiableMeasurementOptions.SoftClippingWidth"/>, and the gradient is
    /// theirs. At a limit the value differs from the exact one by ln 2 times that width.
    /// </summary>
    Soft,
}
