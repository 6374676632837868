using Lens2Logit.Demosaicing;
using Lens2Logit.Isp;

namespace Lens2Logit.Corruptions;

/// <summary>
/// A random affine map, then a random smooth displacement. Source: Simard, Steinkraus and Platt, ICDAR 2003, in the form of ImageNet-C:
/// bilinear both times, mirrored borders.
/// </summary>
internal static class ElasticTransform
{
    // ImageNet-C's; coarser than the blur's.
    private const double Truncate = 3;

    /// <param name="image">Planar [3, H, W].</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="severity">α, σ and the jitter of the affine map's three points, in pixels.</param>
    /// <param name="result">Planar [3, H, W].</param>
    /// <param name="random">Block 0 of a pixel gives its displacement, block 1 of the first three gives the jitter.</param>
    public static void Apply(
        ReadOnlySpan<float> image, int height, int width, (double Alpha, double Sigma, double Jitter) severity, Span<float> result, RandomField random)
    {
        int pixels = height * width;
        var (alongX, alongY, offset) = InverseAffine(height, width, severity.Jitter, random);
        var (moveX, moveY) = Displacement(height, width, severity.Alpha, severity.Sigma, random);
        var mapped = new float[pixels];
        for (int channel = 0; channel < 3; channel++)
        {
            var plane = image.Slice(channel * pixels, pixels);
            for (int i = 0; i < pixels; i++)
            {
                double toX = i % width, toY = i / width;
                double x = alongX.X * toX + alongY.X * toY + offset.X, y = alongX.Y * toX + alongY.Y * toY + offset.Y;
                mapped[i] = (float)BilinearSampler.At(plane, height, width, y, x, BorderMode.Mirror);
            }
            for (int i = 0; i < pixels; i++)
            {
                double x = i % width + moveX[i], y = i / width + moveY[i];
                result[channel * pixels + i] = (float)BilinearSampler.At(mapped, height, width, y, x, BorderMode.Symmetric);
            }
        }
    }

    /// <summary>
    /// The map that takes three points near the middle, each moved by up to the jitter, back to where they were:
    /// source = alongX·x + alongY·y + offset.
    /// </summary>
    private static ((double X, double Y) AlongX, (double X, double Y) AlongY, (double X, double Y) Offset) InverseAffine(
        int height, int width, double jitter, RandomField random)
    {
        // The points are square about the middle; tiny images get a square of one pixel, so that the map stays defined.
        double middleX = width / 2, middleY = height / 2, arm = Math.Max(1, Math.Min(height, width) / 3);
        (double X, double Y)[] points = [(middleX + arm, middleY + arm), (middleX + arm, middleY - arm), (middleX - arm, middleY - arm)];
        var moved = new (double X, double Y)[3];
        for (int i = 0; i < 3; i++)
        {
            var draw = random.At(i).Block(1);
            moved[i] = (points[i].X + jitter * (2 * draw.First - 1), points[i].Y + jitter * (2 * draw.Second - 1));
        }
        // Edges of the moved triangle, in whose coordinates a pixel is written; the same coordinates in the original triangle are its source.
        var (ux, uy) = (moved[1].X - moved[0].X, moved[1].Y - moved[0].Y);
        var (vx, vy) = (moved[2].X - moved[1].X, moved[2].Y - moved[1].Y);
        double determinant = ux * vy - uy * vx;
        // Original edges are (0, −2·arm) and (−2·arm, 0).
        double scale = Math.Abs(determinant) > 1e-9 ? -2 * arm / determinant : 0;
        (double X, double Y) alongX = (-uy * scale, vy * scale), alongY = (ux * scale, -vx * scale);
        double offsetX = points[0].X - alongX.X * moved[0].X - alongY.X * moved[0].Y;
        double offsetY = points[0].Y - alongX.Y * moved[0].X - alongY.Y * moved[0].Y;
        return (alongX, alongY, (offsetX, offsetY));
    }

    /// <summary>α times uniform noise in [−1, 1], smoothed with σ: columns and rows to move by, at each pixel.</summary>
    private static (double[] X, double[] Y) Displacement(int height, int width, double alpha, double sigma, RandomField random)
    {
        var (x, y) = (new double[height * width], new double[height * width]);
        if (alpha == 0)
            return (x, y);
        for (int i = 0; i < x.Length; i++)
        {
            var draw = random.At(i).Block(0);
            x[i] = alpha * (2 * draw.First - 1);
            y[i] = alpha * (2 * draw.Second - 1);
        }
        return (Smooth(x), Smooth(y));

        double[] Smooth(double[] field)
        {
            var kernel = IspKernels.Gaussian(sigma, Truncate);
            var (vertical, both) = (new double[field.Length], new double[field.Length]);
            PlaneFilter.CorrelateColumns<double>(field, height, width, kernel, BorderMode.Symmetric, vertical);
            PlaneFilter.CorrelateRows<double>(vertical, height, width, kernel, BorderMode.Symmetric, both);
            return both;
        }
    }
}
