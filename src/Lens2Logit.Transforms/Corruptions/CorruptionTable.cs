namespace Lens2Logit.Corruptions;

/// <summary>The severities of all corruptions, mild to strong.</summary>
/// <remarks>
/// Gentle: the paper (TMLR 2023) and its code, which takes most from CIFAR-10-C; the elastic transform's are pixels of a 32×32 image there.
/// ImageNet-C: <c>make_imagenet_c.py</c> of Hendrycks and Dietterich; the elastic transform's are pixels of an image of 224×224 (244 in its code).
/// </remarks>
internal static class CorruptionTable
{
    private static readonly Dictionary<string, (Kernel[] Gentle, Kernel[] ImageNetC)> Table = new(StringComparer.Ordinal)
    {
        // σ
        ["gaussian_noise"] = (
            Each<double>(NoiseCorruptions.Gaussian, .04, .06, .08, .09, .10),
            Each<double>(NoiseCorruptions.Gaussian, .08, .12, .18, .26, .38)),
        // Photons at white.
        ["shot_noise"] = (
            Each<double>(NoiseCorruptions.Shot, 500, 250, 100, 75, 50),
            Each<double>(NoiseCorruptions.Shot, 60, 25, 12, 5, 3)),
        // Fraction of the values.
        ["impulse_noise"] = (
            Each<double>(NoiseCorruptions.Impulse, .01, .02, .03, .05, .07),
            Each<double>(NoiseCorruptions.Impulse, .03, .06, .09, .17, .27)),
        // σ at white.
        ["speckle_noise"] = (
            Each<double>(NoiseCorruptions.Speckle, .06, .1, .12, .16, .2),
            Each<double>(NoiseCorruptions.Speckle, .15, .2, .35, .45, .6)),
        // σ in pixels.
        ["gaussian_blur"] = (
            Each<double>(BlurCorruptions.Gaussian, .4, .6, .7, .8, 1),
            Each<double>(BlurCorruptions.Gaussian, 1, 2, 3, 4, 6)),
        // Number of zooms after 1, and their step. They come from ranges of numpy, some of which include their end by rounding.
        ["zoom_blur"] = (
            Each<(int, double)>(BlurCorruptions.Zoom, (6, .01), (11, .01), (15, .01), (20, .01), (25, .01)),
            Each<(int, double)>(BlurCorruptions.Zoom, (11, .01), (15, .01), (10, .02), (12, .02), (10, .03))),
        // Factor on the distance from the channel's mean.
        ["contrast"] = (
            Each<double>(ColorCorruptions.Contrast, .75, .5, .4, .3, .15),
            Each<double>(ColorCorruptions.Contrast, .4, .3, .2, .1, .05)),
        // Added to the value of HSV.
        ["brightness"] = (
            Each<double>(ColorCorruptions.Brightness, .05, .1, .15, .2, .3),
            Each<double>(ColorCorruptions.Brightness, .1, .2, .3, .4, .5)),
        // Factor on the saturation of HSV, and what is added.
        ["saturate"] = (
            Each<(double, double)>(ColorCorruptions.Saturate, (.3, 0), (.1, 0), (1.5, 0), (2, .1), (2.5, .2)),
            Each<(double, double)>(ColorCorruptions.Saturate, (.3, 0), (.1, 0), (2, 0), (5, .1), (20, .2))),
        // Amplitude α and smoothness σ of the displacement, and jitter of the affine map's points, in pixels.
        ["elastic_transform"] = (
            Each<(double, double, double)>(ElasticTransform.Apply, (0, 0, 2.56), (1.6, 6.4, 2.24), (2.56, 1.92, 1.92), (3.2, 1.28, 1.6), (3.2, .96, .96)),
            Each<(double, double, double)>(ElasticTransform.Apply, (488, 170.8, 24.4), (488, 19.52, 48.8), (12.2, 2.44, 4.88), (17.08, 2.44, 4.88), (29.28, 2.44, 4.88))),
    };

    /// <summary>A corruption with its severity decided.</summary>
    public delegate void Kernel(ReadOnlySpan<float> image, int height, int width, Span<float> result, RandomField random);

    private delegate void Corruption<T>(ReadOnlySpan<float> image, int height, int width, T severity, Span<float> result, RandomField random);

    public static IReadOnlyList<string> Names { get; } = [.. Table.Keys.Order(StringComparer.Ordinal)];

    public static Kernel Find(string name, int severity, CorruptionPreset preset)
    {
        var (gentle, imageNetC) = Table[name];
        return (preset == CorruptionPreset.Gentle ? gentle : imageNetC)[severity - 1];
    }

    private static Kernel[] Each<T>(Corruption<T> corruption, params T[] severities) => Array.ConvertAll(severities,
        severity => new Kernel((image, height, width, result, random) => corruption(image, height, width, severity, result, random)));
}
