using System.Numerics;
using Lens2Logit.Demosaicing;

namespace Lens2Logit.Isp;

/// <summary>
/// The static ISP stage by stage in plain loops, the reference for every faster version: each method is one stage of the paper and
/// works on whole planes [3, H, W].
/// </summary>
internal static class PlainStaticIsp
{
    public static void Process<T>(StaticIsp isp, ReadOnlySpan<T> raw, int height, int width, Span<T> rgb)
        where T : struct, IFloatingPointIeee754<T>
    {
        var mosaic = new T[raw.Length];
        SubtractBlackLevel(raw, height, width, isp.Camera.BlackLevel, mosaic);
        Demosaic.Apply<T>(isp.Configuration.Demosaicing, mosaic, height, width, isp.Camera.Cfa, rgb);
        CorrectColor(rgb, isp.Camera.WhiteBalance, isp.Camera.ColorMatrix);
        switch (isp.Configuration.Sharpening)
        {
            case SharpeningMethod.Filter: Sharpen(rgb, height, width); break;
            case SharpeningMethod.UnsharpMask: UnsharpMask(rgb, height, width, verticalOnly: false); break;
            case SharpeningMethod.VerticalUnsharpMask: UnsharpMask(rgb, height, width, verticalOnly: true); break;
        }
        switch (isp.Configuration.Denoising)
        {
            case DenoisingMethod.Median: MedianDenoise(rgb, height, width); break;
            case DenoisingMethod.Gaussian: GaussianDenoise(rgb, height, width); break;
            case DenoisingMethod.Fourier: FourierDenoising.Apply(rgb, height, width); break;
        }
        ClipAndGamma(rgb, isp.Gamma);
    }

    public static void SubtractBlackLevel<T>(ReadOnlySpan<T> raw, int height, int width, IReadOnlyList<double> blackLevel, Span<T> result)
        where T : struct, IFloatingPointIeee754<T>
    {
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                result[y * width + x] = raw[y * width + x] - T.CreateChecked(blackLevel[((y & 1) << 1) | (x & 1)]);
        }
    }

    /// <summary>out_l = Σ_k M[l,k]·wb_k·in_k, in place.</summary>
    public static void CorrectColor<T>(Span<T> rgb, IReadOnlyList<double> whiteBalance, IReadOnlyList<double> matrix)
        where T : struct, IFloatingPointIeee754<T>
    {
        var combined = new T[9];
        for (int i = 0; i < 9; i++)
            combined[i] = T.CreateChecked(matrix[i]) * T.CreateChecked(whiteBalance[i % 3]);
        int pixels = rgb.Length / 3;
        for (int i = 0; i < pixels; i++)
        {
            T red = rgb[i], green = rgb[pixels + i], blue = rgb[2 * pixels + i];
            for (int channel = 0; channel < 3; channel++)
                rgb[channel * pixels + i] = combined[3 * channel] * red + combined[3 * channel + 1] * green + combined[3 * channel + 2] * blue;
        }
    }

    public static void Sharpen<T>(Span<T> rgb, int height, int width)
        where T : struct, IFloatingPointIeee754<T>
    {
        var luma = Luma(rgb);
        var sharpened = new T[luma.Length];
        var kernel = IspKernels.Sharpening;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var sum = T.Zero;
                for (int k = 0; k < 9; k++)
                {
                    int row = y + k / 3 - 1, column = x + k % 3 - 1;
                    if (row >= 0 && row < height && column >= 0 && column < width)
                        sum += T.CreateChecked(kernel[k]) * luma[row * width + column];
                }
                sharpened[y * width + x] = sum;
            }
        }
        ReplaceLuma(rgb, luma, sharpened);
    }

    public static void UnsharpMask<T>(Span<T> rgb, int height, int width, bool verticalOnly)
        where T : struct, IFloatingPointIeee754<T>
    {
        var luma = Luma(rgb);
        var blurred = Blur(luma, height, width, IspKernels.UnsharpRadius, verticalOnly);
        for (int i = 0; i < luma.Length; i++)
            blurred[i] = luma[i] + (luma[i] - blurred[i]) * T.CreateChecked(IspKernels.UnsharpAmount);
        ReplaceLuma(rgb, luma, blurred);
    }

    public static void MedianDenoise<T>(Span<T> rgb, int height, int width)
        where T : struct, IFloatingPointIeee754<T>
    {
        var luma = Luma(rgb);
        var median = new T[luma.Length];
        var rows = Border.Indices(height, 1, BorderMode.Symmetric);
        var columns = Border.Indices(width, 1, BorderMode.Symmetric);
        var window = new T[9];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int k = 0; k < 9; k++)
                    window[k] = luma[rows[y + k / 3] * width + columns[x + k % 3]];
                Array.Sort(window);
                median[y * width + x] = window[4];
            }
        }
        ReplaceLuma(rgb, luma, median);
    }

    public static void GaussianDenoise<T>(Span<T> rgb, int height, int width)
        where T : struct, IFloatingPointIeee754<T>
    {
        var luma = Luma(rgb);
        ReplaceLuma(rgb, luma, Blur(luma, height, width, IspKernels.DenoisingSigma, verticalOnly: false));
    }

    public static void ClipAndGamma<T>(Span<T> rgb, double gamma)
        where T : struct, IFloatingPointIeee754<T>
    {
        var exponent = T.CreateChecked(1 / gamma);
        for (int i = 0; i < rgb.Length; i++)
            rgb[i] = T.Pow(T.Clamp(rgb[i], T.Zero, T.One), exponent);
    }

    private static T[] Blur<T>(ReadOnlySpan<T> plane, int height, int width, double sigma, bool verticalOnly)
        where T : struct, IFloatingPointIeee754<T>
    {
        var kernel = Array.ConvertAll(IspKernels.Gaussian(sigma), T.CreateChecked);
        var vertical = new T[plane.Length];
        PlaneFilter.CorrelateColumns(plane, height, width, kernel, BorderMode.Symmetric, vertical);
        if (verticalOnly)
            return vertical;
        var both = new T[plane.Length];
        PlaneFilter.CorrelateRows<T>(vertical, height, width, kernel, BorderMode.Symmetric, both);
        return both;
    }

    /// <summary>Y of YUV.</summary>
    public static T[] Luma<T>(ReadOnlySpan<T> rgb)
        where T : struct, IFloatingPointIeee754<T>
    {
        int pixels = rgb.Length / 3;
        T red = T.CreateChecked(IspKernels.Luma[0]), green = T.CreateChecked(IspKernels.Luma[1]), blue = T.CreateChecked(IspKernels.Luma[2]);
        var luma = new T[pixels];
        for (int i = 0; i < pixels; i++)
            luma[i] = red * rgb[i] + green * rgb[pixels + i] + blue * rgb[2 * pixels + i];
        return luma;
    }

    /// <summary>Back from YUV: a change of Y adds the same amount to R, G and B.</summary>
    public static void ReplaceLuma<T>(Span<T> rgb, ReadOnlySpan<T> old, ReadOnlySpan<T> replacement)
        where T : struct, IFloatingPointIeee754<T>
    {
        int pixels = old.Length;
        for (int i = 0; i < pixels; i++)
        {
            var change = replacement[i] - old[i];
            rgb[i] += change;
            rgb[pixels + i] += change;
            rgb[2 * pixels + i] += change;
        }
    }
}
