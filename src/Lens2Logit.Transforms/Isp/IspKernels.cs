namespace Lens2Logit.Isp;

/// <summary>The numbers that define the ISP's operations. Every implementation of a stage, plain or on tensors, takes them from here.</summary>
internal static class IspKernels
{
    /// <summary>Luma of skimage's YUV: Y = 0.299 R + 0.587 G + 0.114 B. Changing Y alone adds the same amount to R, G and B.</summary>
    public static ReadOnlySpan<double> Luma => [0.299, 0.587, 0.114];

    /// <summary>The sharpening filter [3, 3], zero beyond the border.</summary>
    public static ReadOnlySpan<double> Sharpening => [0, -1, 0, -1, 5, -1, 0, -1, 0];

    /// <summary>
    /// The 5×5 blur as printed in the published code (a Gaussian of σ 0.5 in five digits). It sums to 0.9999972, not 1.
    /// </summary>
    public static ReadOnlySpan<double> PublishedBlur =>
    [
        6.9625e-08, 2.8089e-05, 2.0755e-04, 2.8089e-05, 6.9625e-08,
        2.8089e-05, 1.1332e-02, 8.3731e-02, 1.1332e-02, 2.8089e-05,
        2.0755e-04, 8.3731e-02, 6.1869e-01, 8.3731e-02, 2.0755e-04,
        2.8089e-05, 1.1332e-02, 8.3731e-02, 1.1332e-02, 2.8089e-05,
        6.9625e-08, 2.8089e-05, 2.0755e-04, 2.8089e-05, 6.9625e-08,
    ];

    public const double DenoisingSigma = 0.5, UnsharpRadius = 1, UnsharpAmount = 1;

    /// <summary>Share of the columns' spectrum that Fourier denoising keeps at either end.</summary>
    public const double FourierKeepFraction = 0.3;

    /// <summary>Display gamma of the paper's pipelines: v^(1/2.2).</summary>
    public const double Gamma = 2.2;

    /// <summary>Lower clip of the published differentiable pipeline, and the floor of the logarithm in gamma.</summary>
    public const double Floor = 1e-5;

    /// <summary>The 3×3 tent [3, 3] that interpolates a colour's zero-filled mosaic bilinearly: green (channel 1) or red and blue.</summary>
    public static ReadOnlySpan<double> BilinearDemosaic(int channel) => channel == 1
        ? [0, 0.25, 0, 0.25, 1, 0.25, 0, 0.25, 0]
        : [0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25];

    /// <summary>Normalised Gaussian, cut off at <paramref name="truncate"/> standard deviations (rounded), as scipy.ndimage does.</summary>
    public static double[] Gaussian(double sigma, double truncate = 4)
    {
        int radius = (int)(truncate * sigma + 0.5);
        var kernel = new double[2 * radius + 1];
        double sum = 0;
        for (int i = -radius; i <= radius; i++)
            sum += kernel[i + radius] = Math.Exp(-0.5 * i * i / (sigma * sigma));
        for (int i = 0; i < kernel.Length; i++)
            kernel[i] /= sum;
        return kernel;
    }

    /// <summary>The exact counterpart of <see cref="PublishedBlur"/>: outer product of the normalised Gaussian, [5, 5].</summary>
    public static double[] ExactBlur()
    {
        var line = Gaussian(DenoisingSigma);
        var kernel = new double[line.Length * line.Length];
        for (int y = 0; y < line.Length; y++)
            for (int x = 0; x < line.Length; x++)
                kernel[y * line.Length + x] = line[y] * line[x];
        return kernel;
    }
}
