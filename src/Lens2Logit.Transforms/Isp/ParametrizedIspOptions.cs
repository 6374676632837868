using System.Text.Json;
using Lens2Logit.Demosaicing;
using Lens2Logit.Stages;

namespace Lens2Logit.Isp;

/// <summary>Options of <see cref="ParametrizedIsp"/>. The camera's parameters are its initial weights.</summary>
public sealed record ParametrizedIspOptions
{
    /// <summary>Initial black level, white balance and colour matrix, and the colour filter array. Default <see cref="CameraParameters.Identity"/>.</summary>
    public CameraParameters Camera { get; init; } = CameraParameters.Identity;

    /// <summary>
    /// The static pipeline that the ISP starts as, without Fourier denoising. Default <c>bi,s,ga</c>, the paper's, which alone runs in fused
    /// kernels. Malvar's filters are learnable; Menon's method and the median have no weights and pass gradients almost everywhere; of the
    /// unsharp mask radius and amount are learnable.
    /// </summary>
    public IspConfiguration Start { get; init; } = Reference;

    /// <summary>Ranges that the weights never leave, or null (default) for none.</summary>
    public IspBounds? Bounds { get; init; }

    /// <summary>Borders, clip and blur kernel: those of the static ISP (default), or those of the paper's code.</summary>
    public IspConvention Convention { get; init; } = IspConvention.Static;

    /// <summary>Initial gamma γ > 0; the output is v^(1/γ). Default 2.2.</summary>
    public double Gamma { get; init; } = IspKernels.Gamma;

    /// <summary>
    /// Whether a batch normalisation without weights follows. Default false: it hides gain and offset drift from the network.
    /// </summary>
    public bool BatchNorm { get; init; }

    /// <summary>Size of the images if a learnable layer [1, 3, H, W], initially 0, is added to the view; null (default) for none.</summary>
    public ImageSize? AdditiveLayer { get; init; }

    /// <summary>Reads options from JSON.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    /// <exception cref="InvalidDataException">The text is not valid; the message says where.</exception>
    public static ParametrizedIspOptions FromJson(string json) => StageJson.Read<ParametrizedIspOptions>(json);

    /// <summary>The options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StageJson.Format);

    internal static IspConfiguration Reference { get; } = new(DemosaicMethod.Bilinear, SharpeningMethod.Filter, DenoisingMethod.Gaussian);

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Camera);
        Camera.Validate();
        if (!Enum.IsDefined(Convention))
            throw new ArgumentOutOfRangeException(nameof(Convention), Convention, "Expected Static or Published.");
        Start.Validate();
        if (Start.Denoising == DenoisingMethod.Fourier)
            throw new ArgumentException($"{nameof(Start)} is {Start}; Fourier denoising has no differentiable form here. Choose me or ga.", nameof(Start));
        if (Convention == IspConvention.Published && Start != Reference)
            throw new ArgumentException($"{nameof(Start)} is {Start}; the convention {Convention} exists for {Reference} only. Choose {nameof(IspConvention.Static)}.", nameof(Start));
        Bounds?.Validate();
        if (!(Gamma > 0) || !double.IsFinite(Gamma))
            throw new ArgumentOutOfRangeException(nameof(Gamma), Gamma, "Gamma must be a positive finite number.");
        if (AdditiveLayer is { } size)
            ImageGuard.RequireSize(size.Height, size.Width);
    }
}
