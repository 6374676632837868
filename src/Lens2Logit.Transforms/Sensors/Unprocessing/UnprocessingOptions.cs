using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Sensors.Unprocessing;

/// <summary>From which cameras the parameters of unprocessing are drawn. The defaults are those of Brooks et al.</summary>
/// <remarks>
/// Gains and matrices turn sRGB into the colours that a camera's pixels see. A sensor whose quantum efficiencies differ between its
/// colours, as those of most presets do, makes such colours itself: give it scenes of <see cref="Neutral"/>, or give scenes of the default a
/// sensor with <see cref="Sensors.QuantumEfficiency.Uniform"/> efficiency; both together balance the colours twice.
/// Source: Brooks et al., CVPR 2019, section 3.2 and 3.3, and its published code.
/// </remarks>
public sealed record UnprocessingOptions
{
    // XYZ → camera of the four cameras of the Darmstadt Noise Dataset, as printed in the paper's published code.
    private static readonly double[][] DarmstadtCameras =
    [
        [1.0234, -0.2969, -0.2266, -0.5625, 1.6328, -0.0469, -0.0703, 0.2188, 0.6406],
        [0.4913, -0.0541, -0.0202, -0.613, 1.3513, 0.2906, -0.1564, 0.2151, 0.7183],
        [0.838, -0.263, -0.0639, -0.2887, 1.0725, 0.2496, -0.0627, 0.1427, 0.5438],
        [0.6596, -0.2079, -0.0562, -0.4782, 1.3016, 0.1933, -0.097, 0.1581, 0.5181],
    ];

    // Linear sRGB → XYZ (IEC 61966-2-1, D65), as in the paper's published code.
    private static readonly double[] SrgbToXyz = [0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.0721750, 0.0193339, 0.1191920, 0.9503041];

    /// <summary>Only tone curve, γ and brightening: for sensors whose quantum efficiencies make the colours.</summary>
    public static UnprocessingOptions Neutral { get; } = new() { MinRedGain = 1, MaxRedGain = 1, MinBlueGain = 1, MaxBlueGain = 1, XyzToCamera = [] };

    /// <summary>Smallest white balance gain of red, 0.1 to 10. Default 1.9.</summary>
    public double MinRedGain { get; init; } = 1.9;

    /// <summary>Largest white balance gain of red, from <see cref="MinRedGain"/> to 10. Default 2.4.</summary>
    public double MaxRedGain { get; init; } = 2.4;

    /// <summary>Smallest white balance gain of blue, 0.1 to 10. Default 1.5.</summary>
    public double MinBlueGain { get; init; } = 1.5;

    /// <summary>Largest white balance gain of blue, from <see cref="MinBlueGain"/> to 10. Default 1.9.</summary>
    public double MaxBlueGain { get; init; } = 1.9;

    /// <summary>Mean of the brightness before the camera brightened the image, relative to it, 0.5 to 5. Default 0.8.</summary>
    public double BrightnessMean { get; init; } = 0.8;

    /// <summary>
    /// Standard deviation of that brightness, 0 to a fifth of <see cref="BrightnessMean"/>, so that it stays positive: the normal
    /// distribution ends at four standard deviations. Default 0.1.
    /// </summary>
    public double BrightnessStandardDeviation { get; init; } = 0.1;

    /// <summary>
    /// Matrices [3, 3] from CIE XYZ to the colours of known cameras, row by row (as DNG's ColorMatrix); a camera is a random weighted
    /// mean of them. None gives the identity: camera colour is sRGB's. Default: the four cameras of the paper.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double>> XyzToCamera { get; init; } = DarmstadtCameras;

    /// <summary>Gamma γ of the images, 1 to 4. Default 2.2.</summary>
    public double Gamma { get; init; } = 2.2;

    /// <summary>Whether the images went through the tone curve (<see cref="ToneCurve"/>). Default true.</summary>
    public bool ToneMapped { get; init; } = true;

    /// <summary>Draws a camera.</summary>
    /// <param name="seed">Any integer: the seed of the series of images.</param>
    /// <param name="key">Identity of the image; the same seed and key give the same camera.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public UnprocessingParameters Sample(int seed, ulong key)
    {
        Validate();
        return new()
        {
            RedGain = MinRedGain + (Uniform(0) * (MaxRedGain - MinRedGain)),
            BlueGain = MinBlueGain + (Uniform(1) * (MaxBlueGain - MinBlueGain)),
            Brightening = 1 / (BrightnessMean + (BrightnessStandardDeviation * Math.Clamp(NormalQuantile.At(Uniform(2)), -4, 4))),
            SrgbToCamera = XyzToCamera.Count == 0 ? UnprocessingParameters.Identity.SrgbToCamera : Mixture(Uniform),
            Gamma = Gamma,
            ToneMapped = ToneMapped,
        };

        double Uniform(int index)
        {
            var block = Philox4x32.Block((uint)index / 2, CounterTag.Unprocessing, (uint)key, (uint)(key >> 32), (uint)seed, 0);
            return index % 2 == 0 ? block.First : block.Second;
        }
    }

    /// <summary>Checks every option against the range that its documentation states.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        QuantityRange.Check(nameof(MinRedGain), (float)MinRedGain, 0.1f, 10, "");
        QuantityRange.Check(nameof(MaxRedGain), (float)MaxRedGain, (float)MinRedGain, 10, "");
        QuantityRange.Check(nameof(MinBlueGain), (float)MinBlueGain, 0.1f, 10, "");
        QuantityRange.Check(nameof(MaxBlueGain), (float)MaxBlueGain, (float)MinBlueGain, 10, "");
        QuantityRange.Check(nameof(BrightnessMean), (float)BrightnessMean, 0.5f, 5, "");
        QuantityRange.Check(nameof(BrightnessStandardDeviation), (float)BrightnessStandardDeviation, 0, (float)BrightnessMean / 5, "");
        QuantityRange.Check(nameof(Gamma), (float)Gamma, 1, 4, "");
        ArgumentNullException.ThrowIfNull(XyzToCamera);
        for (int i = 0; i < XyzToCamera.Count; i++)
        {
            Matrix3.Require(XyzToCamera[i], $"{nameof(XyzToCamera)}[{i}]");
        }
    }

    private double[] Mixture(Func<int, double> uniform)
    {
        double[] weights = [.. XyzToCamera.Select((_, i) => uniform(3 + i))];
        var sum = weights.Sum();
        var toCamera = Enumerable.Range(0, 9).Select(entry => XyzToCamera.Select((matrix, i) => weights[i] / sum * matrix[entry]).Sum()).ToArray();
        return (new Matrix3(toCamera) * new Matrix3(SrgbToXyz)).RowsToOne().ToArray();
    }
}
