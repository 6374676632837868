using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Augmentation;

/// <summary>What happens to one image in one epoch.</summary>
/// <param name="FlipHorizontally">Whether left and right change places.</param>
/// <param name="FlipVertically">Whether top and bottom change places.</param>
/// <param name="QuarterTurns">0 to 3 turns of 90°, counter-clockwise.</param>
/// <param name="AngleDegrees">Rotation after that, counter-clockwise; 0 for none.</param>
/// <param name="HasNoise">Whether noise is added.</param>
/// <param name="IsSoftened">Whether sharpness is reduced.</param>
internal readonly record struct AugmentationDraw(
    bool FlipHorizontally, bool FlipVertically, int QuarterTurns, double AngleDegrees, bool HasNoise, bool IsSoftened)
{
    public static AugmentationDraw Create(AugmentationStrength strength, bool square, int seed, int epoch, ulong rowKey)
    {
        var stream = new PixelStream((uint)seed, (uint)epoch, 0, rowKey);
        PhiloxBlock flips = stream.Block(CounterTag.AugmentationDecisions), turn = stream.Block(CounterTag.AugmentationDecisions + 1);
        var rest = stream.Block(CounterTag.AugmentationDecisions + 2);
        bool horizontally = flips.First < 0.5, vertically = flips.Second < 0.5;
        if (strength == AugmentationStrength.Weak)
            return new(horizontally, vertically, square ? (int)(4 * turn.First) : 2 * (int)(2 * turn.First), 0, false, false);
        double angle = turn.First < 0.5 ? 90 * (2 * turn.Second - 1) : 0;
        return new(horizontally, vertically, 0, angle, rest.First < 0.5, rest.Second < 0.5);
    }

    /// <summary>Independent standard normal numbers.</summary>
    public static float[] Noise(int count, int seed, int epoch, ulong rowKey)
    {
        var noise = new float[count];
        for (int i = 0; i < count; i += 2)
        {
            var draw = new PixelStream((uint)seed, (uint)epoch, (uint)(i / 2), rowKey).Block(CounterTag.AugmentationNoise);
            noise[i] = (float)NormalQuantile.At(draw.First);
            if (i + 1 < count)
                noise[i + 1] = (float)NormalQuantile.At(draw.Second);
        }
        return noise;
    }
}
