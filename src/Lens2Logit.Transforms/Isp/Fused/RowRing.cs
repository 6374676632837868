using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>The most recent rows of a plane. Every row has room for a margin on both sides, and for whole vectors.</summary>
/// <param name="first">Where column 0 of the first slot is stored.</param>
/// <param name="stride">Distance between slots.</param>
/// <param name="capacity">Number of slots, a power of two.</param>
internal readonly unsafe struct RowRing(float* first, int stride, int capacity)
{
    /// <summary>Floats left of column 0 and, at least, right of the last column.</summary>
    public const int Margin = SimdLimits.MaximumLanes;

    /// <summary>Column 0 of a row that is among the latest ones.</summary>
    public float* this[int row] => first + (row & (capacity - 1)) * stride;

    /// <summary>Floats of a slot. An odd number of vectors, so that equal columns of different rows do not compete for a place in the cache.</summary>
    public static int Stride(int width) =>
        ((width + SimdLimits.MaximumLanes - 1) / SimdLimits.MaximumLanes | 1) * SimdLimits.MaximumLanes + 2 * Margin;

    /// <summary>Repeats the edge: c b a | a b c.</summary>
    public static void ExtendSymmetric(float* row, int width, int radius)
    {
        for (int i = 0; i < radius; i++)
        {
            row[-1 - i] = row[i];
            row[width + i] = row[width - 1 - i];
        }
    }

    /// <summary>Mirrors about the edge pixel: c b | a b c.</summary>
    public static void ExtendMirror(float* row, int width, int radius)
    {
        for (int i = 1; i <= radius; i++)
        {
            row[-i] = row[i];
            row[width - 1 + i] = row[width - 1 - i];
        }
    }

    public static void ExtendZero(float* row, int width, int radius)
    {
        for (int i = 1; i <= radius; i++)
            row[-i] = row[width - 1 + i] = 0;
    }

    /// <summary>The row that stands for one up to a full height outside the image when edges are repeated.</summary>
    public static int Symmetric(int row, int height) => row < 0 ? -1 - row : row >= height ? 2 * height - 1 - row : row;

    /// <summary>The same when the image is mirrored about its edge rows.</summary>
    public static int Mirror(int row, int height) => row < 0 ? -row : row >= height ? 2 * height - 2 - row : row;
}
