using System.Globalization;
using System.Numerics;

namespace Lens2Logit.Isp;

/// <summary>The checks that every image passes once, where it enters.</summary>
internal static class ImageGuard
{
    /// <summary>Smallest height and width: the widest filter, the unsharp mask's, reaches four pixels over an edge, and borders continue an image once.</summary>
    public const int MinimumSize = 4;

    /// <exception cref="ArgumentException">The image is too small, or its view [3, H, W] has more values than an array may hold.</exception>
    public static void RequireSize(int height, int width)
    {
        if (height < MinimumSize || width < MinimumSize)
            throw new ArgumentException($"The image is {height}×{width} pixels; the ISP needs at least {MinimumSize}×{MinimumSize}.");
        if (3L * height * width > Array.MaxLength)
            throw new ArgumentException($"The image is {height}×{width} pixels; its view would have more than {Array.MaxLength} values. Cut it into tiles.");
    }

    public static void RequireEven(int height, int width, string what)
    {
        if (((height | width) & 1) != 0)
            throw new ArgumentException($"The image is {height}×{width} pixels; {what} needs an even height and width. Crop the last row or column.");
    }

    public static void RequireLength(int found, long expected, string name, string shape)
    {
        if (found != expected)
            throw new ArgumentException($"'{name}' has {found} values; {shape} needs {expected}.", name);
    }

    /// <exception cref="ArgumentException">A value is NaN or infinite; the message names its row and column.</exception>
    public static void RequireFinite<T>(ReadOnlySpan<T> image, int height, int width, string name)
        where T : struct, IFloatingPointIeee754<T>
    {
        // A sum is finite only if all terms are; sums of huge finite values may overflow, so the slow loop has the last word.
        var sum = T.Zero;
        foreach (var value in image)
            sum += value;
        if (T.IsFinite(sum))
            return;
        for (int i = 0; i < image.Length; i++)
        {
            if (T.IsFinite(image[i]))
                continue;
            int plane = i / (height * width), pixel = i % (height * width);
            var channel = image.Length > height * width ? $"channel {plane}, " : "";
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"'{name}' holds {image[i]} at {channel}row {pixel / width}, column {pixel % width}; every pixel must be finite."), name);
        }
    }
}
