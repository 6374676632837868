using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Sensors.Optics;

/// <summary>
/// Point spread functions as kernels [3, 1, 2R + 1, 2R + 1], one for each colour: the light of a point at a pixel's centre that falls on
/// each pixel's area around it. Positive, of sum 1, and differentiable in their width.
/// </summary>
internal static class PointSpread
{
    /// <summary>Points across a pixel at which patterns without a closed integral are summed. Odd, so that the centre is one.</summary>
    private const int Subsamples = 7;

    /// <summary>Gaussian, integrated over the pixels exactly.</summary>
    /// <param name="sigmaMicrometers">σ of each colour [3]; the sign does not matter.</param>
    /// <param name="pitch">Pixel pitch in µm.</param>
    /// <param name="radius">R.</param>
    public static Tensor Gaussian(Tensor sigmaMicrometers, double pitch, int radius)
    {
        // Far below a pixel the kernel is the identity; the floor keeps 0 from dividing.
        var sigma = (sigmaMicrometers.abs() / pitch).clamp_min(1e-3).view(3, 1);
        var edges = arange(2 * radius + 2, dtype: sigma.dtype, device: sigma.device) - (radius + 0.5);
        var below = (edges.view(1, -1) / (sigma * Math.Sqrt(2))).erf();
        var line = below.narrow(1, 1, 2 * radius + 1) - below.narrow(1, 0, 2 * radius + 1);
        return Normalized(line.unsqueeze(2) * line.unsqueeze(1));
    }

    /// <summary>Diffraction at a round aperture.</summary>
    /// <param name="wavelengthsMicrometers">λ of each colour [3].</param>
    /// <param name="fNumber">N [1].</param>
    /// <param name="pitch">Pixel pitch in µm.</param>
    /// <param name="radius">R.</param>
    public static Tensor Airy(Tensor wavelengthsMicrometers, Tensor fNumber, double pitch, int radius)
    {
        var distance = Distances(pitch, radius, fNumber).unsqueeze(0);
        return OverPixels(AiryIntensity(distance, wavelengthsMicrometers.view(3, 1, 1), fNumber));
    }

    /// <summary>
    /// The disk of a point out of focus, of geometric optics. Its edge is soft over a quarter of a pixel, for the gradient's sake.
    /// </summary>
    /// <param name="radiusMicrometers">Radius of the disk [1].</param>
    /// <param name="pitch">Pixel pitch in µm.</param>
    /// <param name="radius">R.</param>
    public static Tensor Disk(Tensor radiusMicrometers, double pitch, int radius)
    {
        var distance = Distances(pitch, radius, radiusMicrometers);
        var disk = ((radiusMicrometers - distance) / (pitch / 8)).sigmoid();
        return OverPixels(disk.unsqueeze(0)).expand(3, 1, -1, -1);
    }

    /// <summary>(2·J1(x)/x)² with x = π·r/(λ·N): relative to the centre; 0 first at r = 1.22·λ·N. Born and Wolf, section 8.5.2.</summary>
    public static Tensor AiryIntensity(Tensor distanceMicrometers, Tensor wavelengthMicrometers, Tensor fNumber) =>
        (2 * BesselJ1OverX(distanceMicrometers * Math.PI / (wavelengthMicrometers * fNumber))).square();

    /// <summary>
    /// J1(x)/x for x ≥ 0 to an error of 4e-8: polynomials 9.4.4 and 9.4.6 of Abramowitz and Stegun. Torch's own J1 has no gradient.
    /// </summary>
    public static Tensor BesselJ1OverX(Tensor x)
    {
        var inner = Polynomial((x.clamp_max(3) / 3).square(), 0.5, -0.56249985, 0.21093573, -0.03954289, 0.00443319, -0.00031761, 0.00001109);

        // Clamped, so that the branch not taken has finite gradients.
        var far = x.clamp_min(3);
        var t = 3 / far;
        var amplitude = Polynomial(t, 0.79788456, 0.00000156, 0.01659667, 0.00017105, -0.00249511, 0.00113653, -0.00020033);
        var phase = far + Polynomial(t, -2.35619449, 0.12499612, 0.00005650, -0.00637879, 0.00074348, 0.00079824, -0.00029166);
        return where(x <= 3, inner, amplitude * phase.cos() / far.pow(1.5));
    }

    private static Tensor Polynomial(Tensor x, params double[] coefficients)
    {
        var sum = full_like(x, coefficients[^1]);
        for (var i = coefficients.Length - 2; i >= 0; i--)
        {
            sum = sum * x + coefficients[i];
        }

        return sum;
    }

    // Distances from the centre in µm at all subsamples [S(2R + 1), S(2R + 1)].
    private static Tensor Distances(double pitch, int radius, Tensor like)
    {
        var count = Subsamples * ((2 * radius) + 1);
        var along = (arange(count, dtype: like.dtype, device: like.device) - (count - 1) / 2.0) * (pitch / Subsamples);
        return (along.square().unsqueeze(0) + along.square().unsqueeze(1)).sqrt();
    }

    private static Tensor OverPixels(Tensor fine) =>
        Normalized(nn.functional.avg_pool2d(fine.unsqueeze(1), Subsamples, Subsamples).squeeze(1));

    private static Tensor Normalized(Tensor kernels) => (kernels / kernels.sum([1, 2], keepdim: true)).unsqueeze(1);
}
