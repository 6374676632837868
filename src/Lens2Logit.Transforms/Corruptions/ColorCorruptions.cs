namespace Lens2Logit.Corruptions;

/// <summary>Corruptions of single pixels' colours.</summary>
internal static class ColorCorruptions
{
    /// <summary>Pulls every channel towards its mean over the image.</summary>
    public static void Contrast(ReadOnlySpan<float> image, int height, int width, double factor, Span<float> result, RandomField random)
    {
        int pixels = height * width;
        for (int channel = 0; channel < 3; channel++)
        {
            double mean = 0;
            foreach (var value in image.Slice(channel * pixels, pixels))
                mean += value;
            mean /= pixels;
            for (int i = channel * pixels; i < (channel + 1) * pixels; i++)
                result[i] = (float)((image[i] - mean) * factor + mean);
        }
    }

    /// <summary>Adds to the value of HSV.</summary>
    public static void Brightness(ReadOnlySpan<float> image, int height, int width, double added, Span<float> result, RandomField random) =>
        MapHsv(image, result, hsv => hsv with { Value = Math.Clamp(hsv.Value + added, 0, 1) });

    /// <summary>Multiplies the saturation of HSV, and adds to it.</summary>
    public static void Saturate(
        ReadOnlySpan<float> image, int height, int width, (double Factor, double Added) change, Span<float> result, RandomField random) =>
        MapHsv(image, result, hsv => hsv with { Saturation = Math.Clamp(hsv.Saturation * change.Factor + change.Added, 0, 1) });

    private static void MapHsv(ReadOnlySpan<float> image, Span<float> result, Func<Hsv, Hsv> change)
    {
        int pixels = image.Length / 3;
        for (int i = 0; i < pixels; i++)
        {
            var (red, green, blue) = change(Hsv.FromRgb(image[i], image[pixels + i], image[2 * pixels + i])).ToRgb();
            result[i] = (float)red;
            result[pixels + i] = (float)green;
            result[2 * pixels + i] = (float)blue;
        }
    }
}
