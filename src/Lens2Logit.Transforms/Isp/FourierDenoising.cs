using System.Numerics;

namespace Lens2Logit.Isp;

/// <summary>
/// The published Fourier denoising. The reference transforms over the axes (W, colour), zeroes a band along W and keeps the real
/// part of the inverse; nothing happens along the colour axis, so every row of every channel is filtered alone. That equals a
/// circular convolution with the real part of the mask's inverse transform, which is what is computed here, directly, O(W²) a row.
/// </summary>
internal static class FourierDenoising
{
    public static void Apply<T>(Span<T> rgb, int height, int width)
        where T : struct, IFloatingPointIeee754<T>
    {
        var kernel = Array.ConvertAll(Kernel(width), T.CreateChecked);
        var filtered = new T[width];
        for (int line = 0; line < 3 * height; line++)
        {
            var row = rgb.Slice(line * width, width);
            for (int x = 0; x < width; x++)
            {
                var sum = T.Zero;
                for (int i = 0; i < width; i++)
                    sum += kernel[x >= i ? x - i : x - i + width] * row[i];
                filtered[x] = sum;
            }
            filtered.CopyTo(row);
        }
    }

    private static double[] Kernel(int width)
    {
        int first = (int)(width * IspKernels.FourierKeepFraction), end = (int)(width * (1 - IspKernels.FourierKeepFraction));
        var kernel = new double[width];
        for (int n = 0; n < width; n++)
        {
            double sum = 0;
            for (int k = 0; k < width; k++)
            {
                if (k < first || k >= end)
                    sum += Math.Cos(2 * Math.PI * ((long)k * n % width) / width);
            }
            kernel[n] = sum / width;
        }
        return kernel;
    }
}
