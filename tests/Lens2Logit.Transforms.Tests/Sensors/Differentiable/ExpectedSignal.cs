using Lens2Logit.Sensors;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Sensors.Differentiable;

/// <summary>
/// Moments of what a converter delivers for normally distributed charge, in DN, by their definitions: nothing is sampled here, and
/// nothing taken from the code under test.
/// </summary>
internal static class ExpectedSignal
{
    /// <summary>
    /// E[Y^power] for power 1 or 2 of Y = clip(round(X), 0, max), X ~ N(μ, σ²): the sum over n of (n + 1)^power − n^power times P(Y > n),
    /// and Y exceeds n where X exceeds n + ½.
    /// </summary>
    public static Tensor ClippedAndRounded(Tensor mean, Tensor deviation, int maximum, int power)
    {
        var n = arange(maximum, dtype: ScalarType.Float64);
        var weight = power == 1 ? ones_like(n) : (2 * n) + 1;
        return (weight * Phi((mean.unsqueeze(-1) - n - 0.5) / deviation.unsqueeze(-1))).sum(dim: -1);
    }

    /// <summary>E[f(X)], X ~ N(μ, σ²), by the trapezoidal rule over ±10 σ, which converges faster than any power for smooth f.</summary>
    public static Tensor Of(Func<Tensor, Tensor> f, Tensor mean, Tensor deviation)
    {
        var z = linspace(-10, 10, 2001, dtype: ScalarType.Float64);
        var density = (-z.square() / 2).exp() / Math.Sqrt(2 * Math.PI) * 0.01;
        return (f(mean.unsqueeze(-1) + (deviation.unsqueeze(-1) * z)) * density).sum(dim: -1);
    }

    /// <summary>E[min(X, limit)], X ~ N(μ, σ²).</summary>
    public static Tensor Limited(Tensor mean, Tensor deviation, double limit)
    {
        var beta = (limit - mean) / deviation;
        return (mean * Phi(beta)) + (limit * (1 - Phi(beta))) - (deviation * (-beta.square() / 2).exp() / Math.Sqrt(2 * Math.PI));
    }

    /// <summary>Mean electrons of each pixel of a mosaic [H, W] for a scene [1, 3, H, W]; pixels are all alike.</summary>
    public static Tensor Electrons(SensorModel sensor, Exposure exposure, Tensor scene)
    {
        int height = (int)scene.shape[2], width = (int)scene.shape[3];
        var electrons = zeros([height, width], ScalarType.Float64);
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var channel = sensor.Cfa.ChannelAt(row, column);
                electrons[row, column] = scene[0, channel, row, column] * exposure.ElectronsAtWhite(sensor, channel);
            }
        }

        return electrons;
    }

    private static Tensor Phi(Tensor x) => (1 + (x / Math.Sqrt(2)).erf()) / 2;
}
