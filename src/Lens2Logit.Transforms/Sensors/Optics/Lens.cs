using Lens2Logit.Stages;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Sensors.Optics;

/// <summary>
/// What a lens does to a scene before the sensor sees it: lateral chromatic shift → point spread (diffraction, defocus, Gaussian) →
/// vignetting. Differentiable in the scene and in each of its numbers.
/// </summary>
/// <remarks>
/// <para>
/// Scene [N, 3, H, W] of linear light in, the same out. Light is conserved: kernels sum to 1, and a uniform scene stays uniform but for
/// vignetting. Beyond the border the scene continues with its last pixels. What is not negative stays so.
/// </para>
/// <para>
/// The numbers are parameters named as on this type; those whose option is null do not exist. Kernels keep the size that the options
/// gave; choose <see cref="LensOptions.KernelRadiusPixels"/> with room where a width may grow. In eval mode <see cref="forward"/> may be
/// called from several threads.
/// </para>
/// </remarks>
public sealed class Lens : DifferentiableStage
{
    /// <summary>The kind under which the stage is registered.</summary>
    public const string StageKind = "lens";

    private readonly LensOptions _options;
    private readonly int _radius;

    /// <summary>Creates the lens.</summary>
    /// <param name="options">The options; null for a lens that changes nothing.</param>
    /// <param name="type">Float32 (default) or Float64.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public Lens(LensOptions? options = null, ScalarType type = ScalarType.Float32)
        : base(StageKind)
    {
        _options = options ?? new();
        _options.Validate();
        _radius = _options.RadiusPixels();
        Register("gaussian_sigma", _options.GaussianSigmaMicrometers is { } sigma ? [sigma, sigma, sigma] : null);
        Register("f_number", _options.FNumber is { } number ? [number] : null);
        Register("defocus_radius", _options.DefocusRadiusMicrometers is { } radius ? [radius] : null);
        Register("corner_angle", _options.CornerAngleDegrees is { } angle ? [angle] : null);
        Register("chromatic_magnification", _options.ChromaticMagnificationPercent?.ToArray());

        void Register(string name, double[]? values)
        {
            if (values is null)
            {
                return;
            }
            using var scope = NewDisposeScope();
            register_parameter(name, new Parameter(tensor(values, dtype: type).DetachFromDisposeScope()));
        }
    }

    /// <summary>The options the lens was made with.</summary>
    public LensOptions Options => _options;

    /// <summary>σ of the Gaussian point spread of red, green and blue in µm [3], or null.</summary>
    public Parameter? GaussianSigma => get_parameter("gaussian_sigma");

    /// <summary>f-number N [1], or null.</summary>
    public Parameter? FNumber => get_parameter("f_number");

    /// <summary>Radius of the defocus disk in µm [1], or null.</summary>
    public Parameter? DefocusRadius => get_parameter("defocus_radius");

    /// <summary>Angle at the corner in degrees [1], or null.</summary>
    public Parameter? CornerAngle => get_parameter("corner_angle");

    /// <summary>Magnification of red and blue beyond green's in % [2], or null.</summary>
    public Parameter? ChromaticMagnification => get_parameter("chromatic_magnification");

    /// <inheritdoc/>
    public override string OptionsToJson() => _options.ToJson();

    /// <inheritdoc/>
    public override int[] OutputShape(ReadOnlySpan<int> inputShape) => inputShape.Length == 3 && inputShape[0] == 3
        ? inputShape.ToArray()
        : throw new ArgumentException($"{nameof(Lens)} expects scenes [3, H, W]; found [{string.Join(", ", inputShape.ToArray())}].");

    /// <summary>Images a batch of scenes.</summary>
    /// <param name="input">Scenes [N, 3, H, W], of the lens's own floating-point type.</param>
    /// <returns>[N, 3, H, W].</returns>
    /// <exception cref="ArgumentException">The batch has another shape.</exception>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.dim() != 4 || input.shape[1] != 3)
        {
            throw new ArgumentException($"{nameof(Lens)} expects a batch of scenes [N, 3, H, W]; found [{string.Join(", ", input.shape)}].");
        }

        using var scope = NewDisposeScope();
        var image = input.alias();
        if (ChromaticMagnification is { } magnification)
        {
            image = Magnify(image, magnification);
        }

        foreach (var kernel in Kernels())
        {
            image = Convolve(image, kernel);
        }

        if (CornerAngle is { } angle)
        {
            image = image * Vignetting(angle, (int)image.shape[2], (int)image.shape[3]);
        }

        return image.MoveToOuterDisposeScope();
    }

    private IEnumerable<Tensor> Kernels()
    {
        var pitch = _options.PixelPitchMicrometers;
        if (FNumber is { } number)
        {
            var wavelengths = tensor(_options.WavelengthsNanometers.ToArray(), dtype: number.dtype, device: number.device) / 1000;
            yield return PointSpread.Airy(wavelengths, number, pitch, _radius);
        }

        if (DefocusRadius is { } disk)
        {
            yield return PointSpread.Disk(disk, pitch, _radius);
        }

        if (GaussianSigma is { } sigma)
        {
            yield return PointSpread.Gaussian(sigma, pitch, _radius);
        }
    }

    private Tensor Convolve(Tensor image, Tensor kernel) =>
        nn.functional.conv2d(nn.functional.pad(image, [_radius, _radius, _radius, _radius], PaddingModes.Replicate), kernel, groups: 3);

    /// <summary>cos⁴θ [H, W] with tan θ in proportion to the distance from the centre, and θ the corner's at the corner pixel.</summary>
    private static Tensor Vignetting(Tensor angleDegrees, int height, int width)
    {
        var (y, x) = (FromCentre(height, angleDegrees), FromCentre(width, angleDegrees));
        // The least that is not 0: of two pixels.
        var corner = Math.Max(0.25, ((height - 1.0) * (height - 1.0) + (width - 1.0) * (width - 1.0)) / 4);
        var relative = (y.square().unsqueeze(1) + x.square().unsqueeze(0)) / corner;
        return (1 + relative * (angleDegrees * (Math.PI / 180)).tan().square()).pow(-2);
    }

    /// <summary>Red and blue read from nearer the centre the larger they are, bilinearly.</summary>
    private static Tensor Magnify(Tensor image, Tensor percent)
    {
        var channels = image.unbind(1);
        channels[0] = Sample(channels[0], percent[0]);
        channels[2] = Sample(channels[2], percent[1]);
        return stack(channels, 1);

        static Tensor Sample(Tensor channel, Tensor percent)
        {
            var (count, height, width) = (channel.shape[0], (int)channel.shape[1], (int)channel.shape[2]);
            var scale = 1 / (1 + percent / 100);

            // Grid coordinates run from −1 at the first pixel's centre to 1 at the last one's.
            var y = FromCentre(height, percent) / Math.Max(0.5, (height - 1) / 2.0) * scale;
            var x = FromCentre(width, percent) / Math.Max(0.5, (width - 1) / 2.0) * scale;
            var grid = stack([x.unsqueeze(0).expand(height, width), y.unsqueeze(1).expand(height, width)], 2);
            return nn.functional.grid_sample(
                channel.unsqueeze(1), grid.unsqueeze(0).expand(count, height, width, 2), GridSampleMode.Bilinear, GridSamplePaddingMode.Border, true)
                .squeeze(1);
        }
    }

    private static Tensor FromCentre(int count, Tensor like) => arange(count, dtype: like.dtype, device: like.device) - (count - 1) / 2.0;
}
