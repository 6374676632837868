namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>What batch normalisation subtracts and multiplies with: mean and 1/√(variance + ε) of the three channels.</summary>
/// <param name="Mean">Means.</param>
/// <param name="Scale">Factors.</param>
/// <param name="IsOfBatch">Whether they are statistics of the batch itself, through which gradients flow too.</param>
internal sealed record Normalization(float[] Mean, float[] Scale, bool IsOfBatch);

/// <summary>
/// The gradient before batch normalisation as scale·∂ + slope·view + shift. For statistics of the batch (Ioffe and Szegedy 2015):
/// s·(∂ − mean(∂) − view·mean(∂·view)), s being the normalisation's factor.
/// </summary>
internal sealed record BatchNormGradient(float[] Scale, float[] Shift, float[] Slope)
{
    /// <summary>Without normalisation.</summary>
    public static BatchNormGradient None { get; } = new([1, 1, 1], new float[3], new float[3]);

    /// <summary>With known statistics.</summary>
    public static BatchNormGradient Of(Normalization normalization) => new(normalization.Scale, new float[3], new float[3]);

    /// <summary>With statistics of the batch.</summary>
    /// <param name="normalization">The statistics.</param>
    /// <param name="sums">For each image and channel: Σ∂, Σ∂·view.</param>
    /// <param name="count">Values of a channel in the batch.</param>
    public static BatchNormGradient Of(Normalization normalization, ReadOnlySpan<(double Gradient, double Product)> sums, double count)
    {
        float[] shift = new float[3], slope = new float[3];
        for (int channel = 0; channel < 3; channel++)
        {
            double gradient = 0, product = 0;
            for (int i = channel; i < sums.Length; i += 3)
            {
                gradient += sums[i].Gradient;
                product += sums[i].Product;
            }
            shift[channel] = (float)(-normalization.Scale[channel] * gradient / count);
            slope[channel] = (float)(-normalization.Scale[channel] * product / count);
        }
        return new(normalization.Scale, shift, slope);
    }
}
