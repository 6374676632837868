using Lens2Logit.Isp;

namespace Lens2Logit.Sensors.Unprocessing;

/// <summary>
/// One camera's way from linear light to an sRGB image, as Brooks et al. model it, and the way back: <see cref="Unprocess"/> undoes what
/// <see cref="Process"/> does. Usually drawn by <see cref="UnprocessingOptions.Sample"/>.
/// </summary>
/// <remarks>
/// <para>
/// Process: gains (brightening, white balance) → colour matrix → clip to [0, 1] → v^(1/γ) → smoothstep. Unprocess: inverse smoothstep →
/// v^γ → inverse matrix → inverse gains → clip to [0, 1]. Source: Brooks, Mildenhall, Xue, Chen, Sharlet and Barron, <em>Unprocessing
/// Images for Learned Raw Denoising</em>, CVPR 2019, section 3, and its published code.
/// </para>
/// <para>
/// <b>What is invertible.</b> Process gives back what Unprocess was given, up to rounding, where two things hold. (1) The mean of the three
/// linear channels is at most 0.9: brighter pixels are dimmed less and less, down to not at all at white, so that highlights fill the
/// sensor instead of turning grey; they come back brighter than they were. (2) The colour lies within the camera's range: saturated sRGB
/// colours may be negative in camera colour, and are clipped. What no inverse can know is lost beforehand: clipped highlights, local tone
/// mapping, sharpening and denoising of the camera that made the image, and the steps of its 8 bits. Images of 8 bits have few levels in
/// the dark; at low simulated light photon noise hides their steps.
/// </para>
/// Immutable; thread safe.
/// </remarks>
public sealed record UnprocessingParameters
{
    private const double HighlightInflection = 0.9;

    private readonly double[] _toCamera = [1, 0, 0, 0, 1, 0, 0, 0, 1];

    /// <summary>Nothing but the tone curve and γ: unit gains, identity matrix.</summary>
    public static UnprocessingParameters Identity { get; } = new();

    /// <summary>White balance gain of red relative to green, 0.1 to 10. Default 1.</summary>
    public double RedGain { get; init; } = 1;

    /// <summary>White balance gain of blue relative to green, 0.1 to 10. Default 1.</summary>
    public double BlueGain { get; init; } = 1;

    /// <summary>Gain of all channels by which the camera brightened the image, 0.1 to 10. Default 1.</summary>
    public double Brightening { get; init; } = 1;

    /// <summary>
    /// Matrix [3, 3] from linear sRGB to camera colour, row by row, invertible. Rows that sum to 1 keep grey grey. Default the identity.
    /// </summary>
    public IReadOnlyList<double> SrgbToCamera
    {
        get => _toCamera;
        init => _toCamera = [.. value ?? throw new ArgumentNullException(nameof(value))];
    }

    /// <summary>Gamma γ, 1 to 4. Default 2.2, as in the paper.</summary>
    public double Gamma { get; init; } = 2.2;

    /// <summary>Whether the image went through the tone curve (<see cref="ToneCurve"/>). Default true.</summary>
    public bool ToneMapped { get; init; } = true;

    /// <summary>From an sRGB image to the linear light that the camera's pixels saw.</summary>
    /// <param name="image">Encoded RGB, planar [3, H, W], each value in [0, 1].</param>
    /// <param name="scene">Receives linear camera colour, planar [3, H, W], in [0, 1]. May be the memory of <paramref name="image"/>.</param>
    /// <exception cref="ArgumentException">A parameter is out of range, the lengths differ or are no multiple of 3, or a value is outside
    /// [0, 1]; the message names it and its place.</exception>
    public void Unprocess(ReadOnlySpan<float> image, Span<float> scene)
    {
        RequirePlanes(image.Length, scene.Length, nameof(image));
        for (int i = 0; i < image.Length; i++)
        {
            // Written so that NaN fails.
            if (!(image[i] >= 0 && image[i] <= 1))
            {
                throw new ArgumentException(FormattableString.Invariant($"The image is {image[i]} at channel {i / (image.Length / 3)}, ")
                    + FormattableString.Invariant($"pixel {i % (image.Length / 3)}; expected a value in [0, 1] (8-bit values divided by 255)."), nameof(image));
            }
        }

        for (int i = 0; i < image.Length; i++)
        {
            scene[i] = Linearize(image[i]);
        }

        ToCamera(scene);
    }

    /// <summary>From linear camera colour to the sRGB image that the camera would show: the way back.</summary>
    /// <param name="scene">Linear camera colour without black level, planar [3, H, W], finite.</param>
    /// <param name="image">Receives encoded RGB, planar [3, H, W], in [0, 1]. May be the memory of <paramref name="scene"/>.</param>
    /// <exception cref="ArgumentException">A parameter is out of range, the lengths differ or are no multiple of 3, or a value is not finite;
    /// the message names it and its place.</exception>
    public void Process(ReadOnlySpan<float> scene, Span<float> image)
    {
        int plane = RequirePlanes(scene.Length, image.Length, nameof(scene));
        ImageGuard.RequireFinite(scene, 1, plane, nameof(scene));
        var m = new Matrix3(_toCamera).Inverse().ToArray();
        for (int i = 0; i < plane; i++)
        {
            double red = scene[i] * Brightening * RedGain, green = scene[plane + i] * Brightening, blue = scene[(2 * plane) + i] * Brightening * BlueGain;
            image[i] = Encode((m[0] * red) + (m[1] * green) + (m[2] * blue));
            image[plane + i] = Encode((m[3] * red) + (m[4] * green) + (m[5] * blue));
            image[(2 * plane) + i] = Encode((m[6] * red) + (m[7] * green) + (m[8] * blue));
        }
    }

    /// <summary>Checks every parameter against the range that its documentation states.</summary>
    /// <exception cref="ArgumentException">A parameter is out of range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        QuantityRange.Check(nameof(RedGain), (float)RedGain, 0.1f, 10, "");
        QuantityRange.Check(nameof(BlueGain), (float)BlueGain, 0.1f, 10, "");
        QuantityRange.Check(nameof(Brightening), (float)Brightening, 0.1f, 10, "");
        QuantityRange.Check(nameof(Gamma), (float)Gamma, 1, 4, "");
        Matrix3.Require(_toCamera, nameof(SrgbToCamera));
    }

    /// <summary>One encoded value as linear sRGB.</summary>
    internal float Linearize(float encoded) => (float)Math.Pow(ToneMapped ? ToneCurve.InverseSmoothstep(encoded) : encoded, Gamma);

    /// <summary>Linear sRGB to camera colour, in place.</summary>
    internal void ToCamera(Span<float> scene)
    {
        int plane = scene.Length / 3;
        var m = _toCamera;
        double redGain = 1 / (Brightening * RedGain), greenGain = 1 / Brightening, blueGain = 1 / (Brightening * BlueGain);
        for (int i = 0; i < plane; i++)
        {
            double r = scene[i], g = scene[plane + i], b = scene[(2 * plane) + i];
            double red = (m[0] * r) + (m[1] * g) + (m[2] * b), green = (m[3] * r) + (m[4] * g) + (m[5] * b), blue = (m[6] * r) + (m[7] * g) + (m[8] * b);
            double excess = Math.Max(((red + green + blue) / 3) - HighlightInflection, 0) / (1 - HighlightInflection);
            double mask = excess * excess;
            scene[i] = Dim(red, redGain);
            scene[plane + i] = Dim(green, greenGain);
            scene[(2 * plane) + i] = Dim(blue, blueGain);

            float Dim(double value, double gain) => (float)Math.Clamp(value * Math.Max(mask + ((1 - mask) * gain), gain), 0, 1);
        }
    }

    private float Encode(double linear)
    {
        double compressed = Math.Pow(Math.Clamp(linear, 0, 1), 1 / Gamma);
        return (float)(ToneMapped ? ToneCurve.Smoothstep(compressed) : compressed);
    }

    private int RequirePlanes(int from, int to, string name)
    {
        Validate();
        if (from % 3 != 0 || from != to)
        {
            throw new ArgumentException($"The {name} has {from} values and the result {to}; expected the same number, 3 for each pixel.", name);
        }

        return from / 3;
    }
}
