using System.Buffers;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>Defocus as a separable Gaussian blur; beyond the border the outermost pixel continues.</summary>
internal static class GaussianDefocus
{
    // At a narrower Gaussian a neighbour weighs less than 4·10⁻⁶ of the centre pixel.
    private const float NegligibleSigma = 0.2f;

    /// <summary>Blurs the planes of an image in place.</summary>
    /// <param name="planes">Square planes, one after the other.</param>
    /// <param name="size">Height and width of a plane.</param>
    /// <param name="sigma">Standard deviation in pixels.</param>
    public static void Apply(Span<float> planes, int size, float sigma)
    {
        if (sigma < NegligibleSigma)
            return;

        float[] kernel = Kernel(sigma);
        float[] rented = ArrayPool<float>.Shared.Rent(size * size);
        Span<float> between = rented.AsSpan(0, size * size);
        for (int at = 0; at < planes.Length; at += size * size)
        {
            Span<float> plane = planes.Slice(at, size * size);
            BlurRows(plane, between, size, kernel);
            BlurColumns(between, plane, size, kernel);
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    private static float[] Kernel(float sigma)
    {
        int radius = (int)MathF.Ceiling(3 * sigma);
        var kernel = new float[2 * radius + 1];
        float sum = 0;
        for (int i = 0; i < kernel.Length; i++)
            sum += kernel[i] = MathF.Exp(-0.5f * (i - radius) * (i - radius) / (sigma * sigma));
        for (int i = 0; i < kernel.Length; i++)
            kernel[i] /= sum;
        return kernel;
    }

    private static void BlurRows(ReadOnlySpan<float> source, Span<float> target, int size, ReadOnlySpan<float> kernel)
    {
        int radius = kernel.Length / 2;
        for (int start = 0; start < source.Length; start += size)
        {
            ReadOnlySpan<float> row = source.Slice(start, size);
            for (int x = 0; x < size; x++)
            {
                float sum = 0;
                for (int k = 0; k < kernel.Length; k++)
                    sum += kernel[k] * row[Math.Clamp(x + k - radius, 0, size - 1)];
                target[start + x] = sum;
            }
        }
    }

    private static void BlurColumns(ReadOnlySpan<float> source, Span<float> target, int size, ReadOnlySpan<float> kernel)
    {
        int radius = kernel.Length / 2;
        target.Clear();
        for (int y = 0; y < size; y++)
        {
            Span<float> sums = target.Slice(y * size, size);
            for (int k = 0; k < kernel.Length; k++)
            {
                ReadOnlySpan<float> row = source.Slice(Math.Clamp(y + k - radius, 0, size - 1) * size, size);
                for (int x = 0; x < size; x++)
                    sums[x] += kernel[k] * row[x];
            }
        }
    }
}
