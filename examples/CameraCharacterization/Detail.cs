namespace CameraCharacterization;

/// <summary>The middle of a picture, small enough to show its pixels.</summary>
internal static class Detail
{
    public const int Size = 48;

    /// <param name="image">Values [C, H, W].</param>
    /// <param name="size">Height and width of the picture, even.</param>
    /// <returns>[C, <see cref="Size"/>, <see cref="Size"/>].</returns>
    public static float[] Of(float[] image, int size)
    {
        int first = (size - Size) / 2, channels = image.Length / (size * size);
        return [.. Enumerable.Range(0, channels * Size).SelectMany(row => image.AsSpan((((row / Size * size) + first + (row % Size)) * size) + first, Size).ToArray())];
    }
}
