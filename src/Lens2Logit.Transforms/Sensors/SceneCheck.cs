using System.Numerics;
using System.Runtime.InteropServices;

namespace Lens2Logit.Sensors;

/// <summary>What a scene must be before it is measured: of the stated size, and light everywhere.</summary>
internal static class SceneCheck
{
    // Seen as unsigned integers, floats that are finite and not negative are exactly those up to the largest finite one, and −0.
    private const uint LargestFinite = 0x7F7FFFFF;

    /// <summary>
    /// Throws unless the scene is [3, height, width], or [1, height, width] where one channel is allowed, of finite values of at least
    /// 0, and the raw image [height, width].
    /// </summary>
    public static void ThrowIfInvalid(ReadOnlySpan<float> scene, int height, int width, ReadOnlySpan<float> raw, bool oneChannelAllowed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var plane = (long)height * width;
        if (scene.Length != 3 * plane && !(oneChannelAllowed && scene.Length == plane))
        {
            var alternative = oneChannelAllowed ? $" or {plane} for [1, {height}, {width}]" : "";
            throw new ArgumentException(
                $"The scene has {scene.Length} values; expected {3 * plane} for [3, {height}, {width}]{alternative}.", nameof(scene));
        }

        if (raw.Length != plane)
        {
            throw new ArgumentException($"The raw image has {raw.Length} values; expected {plane} for [{height}, {width}].", nameof(raw));
        }

        // All three channels are checked, also where the colour filter reads only one: a bad value is a mistake wherever it is.
        var bits = MemoryMarshal.Cast<float, uint>(scene);
        var vectors = MemoryMarshal.Cast<uint, Vector<uint>>(bits);
        Vector<uint> largest = Vector<uint>.Zero, negativeZero = new(0x8000_0000);
        foreach (var vector in vectors)
        {
            largest = Vector.Max(largest, Vector.ConditionalSelect(Vector.Equals(vector, negativeZero), Vector<uint>.Zero, vector));
        }

        var isGood = !Vector.GreaterThanAny(largest, new Vector<uint>(LargestFinite));
        var start = isGood ? vectors.Length * Vector<uint>.Count : 0;
        ThrowIfUnmeasurable(scene, start, scene.Length, height, width);
    }

    private static void ThrowIfUnmeasurable(ReadOnlySpan<float> scene, int start, int end, int height, int width)
    {
        for (var index = start; index < end; index++)
        {
            if (!(scene[index] >= 0 && float.IsFinite(scene[index])))
            {
                var (channel, pixel) = Math.DivRem(index, height * width);
                var (row, column) = Math.DivRem(pixel, width);
                var found = FormattableString.Invariant($"The scene is {scene[index]} at channel {channel}, row {row}, column {column}");
                throw new ArgumentException($"{found}; expected a finite value of at least 0.", nameof(scene));
            }
        }
    }
}
