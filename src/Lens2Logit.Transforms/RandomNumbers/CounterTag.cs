using Lens2Logit.Sensors;

namespace Lens2Logit.RandomNumbers;

/// <summary>
/// Second word of the counters of everything that is not a pixel's noise, one value each, so that no two share random numbers. The
/// noise of pixels takes the blocks 0 and 1 (<see cref="PixelNoise"/>). Data sets depend on these values.
/// </summary>
internal static class CounterTag
{
    /// <summary>Noise that augmentation adds: (pair of values, tag, row key), key (seed, epoch).</summary>
    public const uint AugmentationNoise = 0x4000_0000;

    /// <summary>What augmentation does to an image, three blocks from here on: (0, tag, row key), key (seed, epoch).</summary>
    public const uint AugmentationDecisions = 0x4000_0001;

    /// <summary>Offset and gain of a pixel: (column, tag, row, 0), key (camera seed, 0).</summary>
    public const uint PixelPattern = 0x8000_0000;

    /// <summary>Offset and gain of a row: (row, tag, 0, 0), key (camera seed, 0).</summary>
    public const uint RowPattern = 0x8000_0001;

    /// <summary>Offset and gain of a column: (column, tag, 0, 0), key (camera seed, 0).</summary>
    public const uint ColumnPattern = 0x8000_0002;

    /// <summary>Whether a pixel is hot or dead: (column, tag, row, 0), key (camera seed, 0).</summary>
    public const uint Defects = 0x8000_0003;

    /// <summary>Temporal noise of a row: (row, tag, row key), key (camera seed, frame seed).</summary>
    public const uint RowNoise = 0x8000_0004;

    /// <summary>Seed of the generator of an image's differentiable noise: (0, tag, row key), key (camera seed, frame seed).</summary>
    public const uint Generator = 0x8000_0005;

    /// <summary>The camera that an image is unprocessed for: (block, tag, row key), key (seed, 0).</summary>
    public const uint Unprocessing = 0x8000_0006;
}
