using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Corruptions;

/// <summary>Noise drawn for every value of the image, each channel apart.</summary>
internal static class NoiseCorruptions
{
    /// <summary>Adds normal noise of standard deviation <paramref name="sigma"/>.</summary>
    public static void Gaussian(ReadOnlySpan<float> image, int height, int width, double sigma, Span<float> result, RandomField random)
    {
        for (int i = 0; i < image.Length; i++)
            result[i] = (float)(image[i] + sigma * NormalQuantile.At(random.At(i).Block(0).First));
    }

    /// <summary>Counts as many photons as a Poisson process of <paramref name="photons"/> at white.</summary>
    public static void Shot(ReadOnlySpan<float> image, int height, int width, double photons, Span<float> result, RandomField random)
    {
        for (int i = 0; i < image.Length; i++)
            result[i] = (float)(PoissonQuantile.At(image[i] * photons, random.At(i).Block(0).First) / photons);
    }

    /// <summary>Replaces a fraction of the values, half by 0 and half by 1.</summary>
    public static void Impulse(ReadOnlySpan<float> image, int height, int width, double fraction, Span<float> result, RandomField random)
    {
        for (int i = 0; i < image.Length; i++)
        {
            var draw = random.At(i).Block(0);
            result[i] = draw.First >= fraction ? image[i] : draw.Second < 0.5 ? 1 : 0;
        }
    }

    /// <summary>Adds normal noise whose standard deviation is <paramref name="sigma"/> times the value.</summary>
    public static void Speckle(ReadOnlySpan<float> image, int height, int width, double sigma, Span<float> result, RandomField random)
    {
        for (int i = 0; i < image.Length; i++)
            result[i] = (float)(image[i] + image[i] * sigma * NormalQuantile.At(random.At(i).Block(0).First));
    }
}
