namespace Lens2Logit.Networks.Normalization;

/// <summary>What normalises each channel: (x − mean)·scale + bias, where scale is the weight over the standard deviation.</summary>
internal sealed class ChannelFactors
{
    public ChannelFactors(int channels) => (Values, InverseDeviation) = (new float[3 * channels], new float[channels]);

    /// <summary>All means, then all scales, then all biases.</summary>
    public float[] Values { get; }

    /// <summary>1/√(variance + ε).</summary>
    public float[] InverseDeviation { get; }

    public ReadOnlySpan<float> Scale => Values.AsSpan(InverseDeviation.Length, InverseDeviation.Length);

    public void Set(ReadOnlySpan<double> mean, ReadOnlySpan<double> variance, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, double epsilon)
    {
        int channels = InverseDeviation.Length;
        for (int channel = 0; channel < channels; channel++)
        {
            double inverse = 1 / Math.Sqrt(variance[channel] + epsilon);
            InverseDeviation[channel] = (float)inverse;
            Values[channel] = (float)mean[channel];
            Values[channels + channel] = (float)(weight[channel] * inverse);
        }
        bias.CopyTo(Values.AsSpan(2 * channels));
    }
}

/// <summary>Where vectors of them are loaded from.</summary>
internal readonly unsafe struct ChannelPointers(float* values, int channels)
{
    public float* Mean => values;

    public float* Scale => values + channels;

    public float* Bias => values + 2 * (nint)channels;
}
