using System.Numerics;

namespace Lens2Logit.Demosaicing;

/// <summary>Linear filters over one plane [H, W], in plain loops. All kernels here are symmetric or applied as written (correlation).</summary>
internal static class PlaneFilter
{
    /// <summary>Correlates with a kernel of odd size [k, k], given row by row.</summary>
    public static void Correlate<T>(ReadOnlySpan<T> source, int height, int width, ReadOnlySpan<T> kernel, BorderMode border, Span<T> target)
        where T : struct, IFloatingPointIeee754<T>
    {
        int size = (int)Math.Sqrt(kernel.Length), radius = size / 2;
        var rows = Border.Indices(height, radius, border);
        var columns = Border.Indices(width, radius, border);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var sum = T.Zero;
                for (int ky = 0; ky < size; ky++)
                {
                    int row = rows[y + ky] * width;
                    for (int kx = 0; kx < size; kx++)
                        sum += kernel[ky * size + kx] * source[row + columns[x + kx]];
                }
                target[y * width + x] = sum;
            }
        }
    }

    /// <summary>Correlates every row with a kernel of odd length.</summary>
    public static void CorrelateRows<T>(ReadOnlySpan<T> source, int height, int width, ReadOnlySpan<T> kernel, BorderMode border, Span<T> target)
        where T : struct, IFloatingPointIeee754<T>
    {
        var columns = Border.Indices(width, kernel.Length / 2, border);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var sum = T.Zero;
                for (int k = 0; k < kernel.Length; k++)
                    sum += kernel[k] * source[y * width + columns[x + k]];
                target[y * width + x] = sum;
            }
        }
    }

    /// <summary>Correlates every column with a kernel of odd length.</summary>
    public static void CorrelateColumns<T>(ReadOnlySpan<T> source, int height, int width, ReadOnlySpan<T> kernel, BorderMode border, Span<T> target)
        where T : struct, IFloatingPointIeee754<T>
    {
        var rows = Border.Indices(height, kernel.Length / 2, border);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var sum = T.Zero;
                for (int k = 0; k < kernel.Length; k++)
                    sum += kernel[k] * source[rows[y + k] * width + x];
                target[y * width + x] = sum;
            }
        }
    }
}
