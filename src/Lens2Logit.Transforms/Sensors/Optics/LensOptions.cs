using System.Text.Json;
using Lens2Logit.Stages;

namespace Lens2Logit.Sensors.Optics;

/// <summary>
/// What a <see cref="Lens"/> does to a scene. Each effect is absent where its value is null, and learnable where it is not.
/// </summary>
public sealed record LensOptions
{
    /// <summary>Distance of neighbouring pixels in µm, 0.1 to 100. Default 2.4, that of the drone camera.</summary>
    public double PixelPitchMicrometers { get; init; } = 2.4;

    /// <summary>
    /// Standard deviation of a Gaussian point spread function in µm on the sensor, 0 to 1000, for all colours. Default null: absent.
    /// </summary>
    public double? GaussianSigmaMicrometers { get; init; }

    /// <summary>
    /// f-number N, 0.1 to 1000: diffraction at a round aperture, whose Airy disk has its first zero at 1.22·λ·N. Default null: absent.
    /// </summary>
    public double? FNumber { get; init; }

    /// <summary>Wavelengths of red, green and blue in nm, each 100 to 10 000, for diffraction. Default 620, 525, 450.</summary>
    public IReadOnlyList<double> WavelengthsNanometers { get; init; } = [620, 525, 450];

    /// <summary>
    /// Radius in µm, 0 to 1000, of the disk to which a point out of focus spreads: |defocus|/(2N) for a sensor that is off by
    /// <em>defocus</em>. Default null: in focus.
    /// </summary>
    public double? DefocusRadiusMicrometers { get; init; }

    /// <summary>
    /// Angle in degrees, 0 to 89, under which the light reaches the corner pixel: the image darkens by cos⁴ of the angle towards it.
    /// Default null: no vignetting.
    /// </summary>
    public double? CornerAngleDegrees { get; init; }

    /// <summary>
    /// Lateral chromatic shift: by how much the images of red and of blue are larger than that of green, in %, each −50 to 50. Default
    /// null: none.
    /// </summary>
    public IReadOnlyList<double>? ChromaticMagnificationPercent { get; init; }

    /// <summary>
    /// Radius of the kernels in pixels, 1 to 64. Light beyond is counted to what is within. Default null: four σ, the disk, and
    /// five λ·N (96 % of the light of an Airy pattern), whichever is most.
    /// </summary>
    public int? KernelRadiusPixels { get; init; }

    /// <summary>Reads options from JSON.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    /// <exception cref="InvalidDataException">The text is not valid; the message says where.</exception>
    public static LensOptions FromJson(string json) => StageJson.Read<LensOptions>(json);

    /// <summary>The options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StageJson.Format);

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Check(nameof(PixelPitchMicrometers), PixelPitchMicrometers, 0.1f, 100, "µm");
        Check(nameof(GaussianSigmaMicrometers), GaussianSigmaMicrometers, 0, 1000, "µm");
        Check(nameof(FNumber), FNumber, 0.1f, 1000, "");
        Check(nameof(DefocusRadiusMicrometers), DefocusRadiusMicrometers, 0, 1000, "µm");
        Check(nameof(CornerAngleDegrees), CornerAngleDegrees, 0, 89, "°");
        Check(nameof(KernelRadiusPixels), KernelRadiusPixels, 1, 64, "pixels");
        CheckAll(nameof(WavelengthsNanometers), WavelengthsNanometers, 3, 100, 10_000, "nm");
        if (ChromaticMagnificationPercent is { } magnification)
        {
            CheckAll(nameof(ChromaticMagnificationPercent), magnification, 2, -50, 50, "%");
        }
    }

    internal int RadiusPixels()
    {
        var micrometers = Math.Max(4 * GaussianSigmaMicrometers ?? 0, (DefocusRadiusMicrometers ?? 0) + PixelPitchMicrometers);
        micrometers = Math.Max(micrometers, 5 * (FNumber ?? 0) * WavelengthsNanometers.Max() / 1000);
        return KernelRadiusPixels ?? Math.Clamp((int)Math.Ceiling(micrometers / PixelPitchMicrometers), 1, 64);
    }

    private static void Check(string name, double? value, float low, float high, string unit)
    {
        if (value is { } known)
        {
            QuantityRange.Check(name, (float)known, low, high, unit);
        }
    }

    private static void CheckAll(string name, IReadOnlyList<double> values, int count, float low, float high, string unit)
    {
        if (values is null || values.Count != count)
        {
            throw new ArgumentException($"{name} has {values?.Count ?? 0} values; expected {count}.", name);
        }

        for (var i = 0; i < count; i++)
        {
            Check($"{name}[{i}]", values[i], low, high, unit);
        }
    }
}
