using Lens2Logit.Demosaicing;

namespace Lens2Logit.Corruptions;

/// <summary>Reads a plane [H, W] between its pixels.</summary>
internal static class BilinearSampler
{
    /// <summary>The value at row <paramref name="y"/>, column <paramref name="x"/>, pixel centres being integers.</summary>
    public static double At(ReadOnlySpan<float> plane, int height, int width, double y, double x, BorderMode border)
    {
        double top = Math.Floor(y), left = Math.Floor(x);
        double down = y - top, right = x - left;
        int row0 = Border.Index((int)top, height, border) * width, row1 = Border.Index((int)top + 1, height, border) * width;
        int column0 = Border.Index((int)left, width, border), column1 = Border.Index((int)left + 1, width, border);
        double upper = plane[row0 + column0] * (1 - right) + plane[row0 + column1] * right;
        double lower = plane[row1 + column0] * (1 - right) + plane[row1 + column1] * right;
        return upper * (1 - down) + lower * down;
    }
}
