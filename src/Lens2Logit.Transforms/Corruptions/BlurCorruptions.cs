using Lens2Logit.Demosaicing;
using Lens2Logit.Isp;

namespace Lens2Logit.Corruptions;

/// <summary>Blurs, each channel apart.</summary>
internal static class BlurCorruptions
{
    /// <summary>Gaussian blur; the edge pixel continues the image.</summary>
    public static void Gaussian(ReadOnlySpan<float> image, int height, int width, double sigma, Span<float> result, RandomField random)
    {
        var kernel = Array.ConvertAll(IspKernels.Gaussian(sigma), weight => (float)weight);
        var vertical = new float[height * width];
        for (int channel = 0; channel < 3; channel++)
        {
            int start = channel * vertical.Length;
            PlaneFilter.CorrelateColumns(image.Slice(start, vertical.Length), height, width, kernel, BorderMode.Nearest, vertical);
            PlaneFilter.CorrelateRows<float>(vertical, height, width, kernel, BorderMode.Nearest, result.Slice(start, vertical.Length));
        }
    }

    /// <summary>The mean of the image and of zooms into its middle by 1, 1 + step, 1 + 2·step, …</summary>
    public static void Zoom(ReadOnlySpan<float> image, int height, int width, (int Count, double Step) zooms, Span<float> result, RandomField random)
    {
        int pixels = height * width;
        var sums = new double[image.Length];
        for (int i = 0; i < image.Length; i++)
            sums[i] = image[i];
        for (int zoom = 0; zoom <= zooms.Count; zoom++)
        {
            double factor = 1 + zoom * zooms.Step;
            var rows = ZoomedCoordinates(height, factor);
            var columns = ZoomedCoordinates(width, factor);
            for (int channel = 0; channel < 3; channel++)
            {
                var plane = image.Slice(channel * pixels, pixels);
                for (int y = 0; y < height; y++)
                {
                    for (int x = 0; x < width; x++)
                        sums[channel * pixels + y * width + x] +=
                            BilinearSampler.At(plane, height, width, rows[y], columns[x], BorderMode.Nearest);
                }
            }
        }
        for (int i = 0; i < sums.Length; i++)
            result[i] = (float)(sums[i] / (zooms.Count + 2));
    }

    // As the reference does it: the middle ⌈size/factor⌉ pixels are stretched to a rounded number of pixels, corner to corner, and the
    // middle of those is kept.
    private static double[] ZoomedCoordinates(int size, double factor)
    {
        int kept = (int)Math.Ceiling(size / factor), first = (size - kept) / 2;
        int zoomed = (int)Math.Round(kept * factor), trimmed = (zoomed - size) / 2;
        var coordinates = new double[size];
        for (int i = 0; i < size; i++)
            coordinates[i] = first + (zoomed > 1 ? (double)(i + trimmed) * (kept - 1) / (zoomed - 1) : 0);
        return coordinates;
    }
}
