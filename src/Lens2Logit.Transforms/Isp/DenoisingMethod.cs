namespace Lens2Logit.Isp;

/// <summary>How the developed image is denoised.</summary>
public enum DenoisingMethod
{
    /// <summary>3×3 median of luma. Short name <c>me</c>.</summary>
    Median,

    /// <summary>Gaussian of σ 0.5 pixels on luma. Short name <c>ga</c>.</summary>
    Gaussian,

    /// <summary>
    /// Low-pass along rows in the Fourier domain, on R, G and B: the columns k of the spectrum from ⌊0.3 W⌋ to ⌊0.7 W⌋ − 1 are
    /// removed. As published: it acts in one direction only, and treats each row as periodic. Short name <c>fft</c>.
    /// </summary>
    Fourier,
}
