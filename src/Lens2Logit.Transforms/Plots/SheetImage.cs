using Lens2Logit.IO;

namespace Lens2Logit.Plots;

/// <summary>A picture on a <see cref="ContactSheet"/>.</summary>
/// <param name="Pixels">Values [3, H, W] (red, green, blue) or [1, H, W] (grey), finite; what lies outside [0, 1] is clipped to it.</param>
/// <param name="Height">Height H in pixels.</param>
/// <param name="Width">Width W in pixels.</param>
/// <param name="Caption">Text below the picture. Default empty.</param>
public sealed record SheetImage(ReadOnlyMemory<float> Pixels, int Height, int Width, string Caption = "")
{
    /// <summary>Develops a raw image with its own camera parameters, as a small picture: a sheet of many photos stays small in memory.</summary>
    /// <param name="raw">The raw image.</param>
    /// <param name="largestSide">The longer side of the picture in pixels, at most; at least 16.</param>
    /// <param name="caption">Text below the picture.</param>
    /// <exception cref="InvalidOperationException">Nothing is known about the camera.</exception>
    /// <exception cref="ArgumentException">The image is monochrome or smaller than 4×4, or <paramref name="largestSide"/> is below 16.</exception>
    public static SheetImage Develop(RawImage raw, int largestSide, string caption = "")
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentOutOfRangeException.ThrowIfLessThan(largestSide, 16);
        int square = (Math.Max(raw.Height, raw.Width) + largestSide - 1) / largestSide;
        // A strip narrower than a square is averaged over all of its width.
        int rows = Math.Min(square, raw.Height), columns = Math.Min(square, raw.Width), height = raw.Height / rows, width = raw.Width / columns;
        var view = raw.Develop();
        if (square == 1)
            return new(view, height, width, caption);
        var small = new float[3 * height * width];
        for (int i = 0; i < small.Length; i++)
        {
            int channel = i / (height * width), top = i / width % height * rows, left = i % width * columns;
            float sum = 0;
            for (int y = 0; y < rows; y++)
            {
                foreach (float value in view.AsSpan((channel * raw.Height + top + y) * raw.Width + left, columns))
                    sum += value;
            }
            small[i] = sum / (rows * columns);
        }
        return new(small, height, width, caption);
    }
}
