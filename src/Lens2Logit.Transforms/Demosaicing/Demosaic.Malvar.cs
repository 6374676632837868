using System.Numerics;
using Lens2Logit.Sensors;

namespace Lens2Logit.Demosaicing;

public static partial class Demosaic
{
    // The four filters of Malvar et al. 2004, figure 2, with the paper's gains α = 1/2, β = 5/8, γ = 3/4 worked in.
    internal static readonly double[] GreenAtRedOrBlue = Eighths(
         0, 0, -1, 0, 0,
         0, 0, 2, 0, 0,
        -1, 2, 4, 2, -1,
         0, 0, 2, 0, 0,
         0, 0, -1, 0, 0);

    // Red at a green site whose row holds red (blue likewise); transposed where the column does.
    internal static readonly double[] ColorAtGreenInItsRow = Eighths(
         0, 0, 0.5, 0, 0,
         0, -1, 0, -1, 0,
        -1, 4, 5, 4, -1,
         0, -1, 0, -1, 0,
         0, 0, 0.5, 0, 0);

    internal static readonly double[] ColorAtGreenInItsColumn = Eighths(
         0, 0, -1, 0, 0,
         0, -1, 4, -1, 0,
         0.5, 0, 5, 0, 0.5,
         0, -1, 4, -1, 0,
         0, 0, -1, 0, 0);

    internal static readonly double[] RedAtBlueAndBack = Eighths(
         0, 0, -1.5, 0, 0,
         0, 2, 0, 2, 0,
        -1.5, 0, 6, 0, -1.5,
         0, 2, 0, 2, 0,
         0, 0, -1.5, 0, 0);

    /// <summary>Malvar, He and Cutler's linear filters; the edge pixel is repeated at the border.</summary>
    /// <inheritdoc cref="Apply{T}" path="/typeparam|/param|/exception"/>
    public static void Malvar2004<T>(ReadOnlySpan<T> raw, int height, int width, CfaPattern pattern, Span<T> rgb)
        where T : struct, IFloatingPointIeee754<T>
    {
        Check(raw, height, width, pattern, rgb);
        int pixels = height * width;
        var filtered = new T[4][];
        double[][] kernels = [GreenAtRedOrBlue, ColorAtGreenInItsRow, ColorAtGreenInItsColumn, RedAtBlueAndBack];
        for (int k = 0; k < 4; k++)
        {
            filtered[k] = new T[pixels];
            PlaneFilter.Correlate(raw, height, width, ToScalar<T>(kernels[k]), BorderMode.Symmetric, filtered[k]);
        }

        for (int y = 0; y < height; y++)
        {
            // Every row holds green and one more colour, red or blue.
            int rowColor = pattern.ChannelAt(y, 0) == 1 ? pattern.ChannelAt(y, 1) : pattern.ChannelAt(y, 0);
            for (int x = 0; x < width; x++)
            {
                int i = y * width + x, measured = pattern.ChannelAt(y, x);
                rgb[measured * pixels + i] = raw[i];
                if (measured == 1)
                {
                    rgb[rowColor * pixels + i] = filtered[1][i];
                    rgb[(2 - rowColor) * pixels + i] = filtered[2][i];
                }
                else
                {
                    rgb[pixels + i] = filtered[0][i];
                    rgb[(2 - measured) * pixels + i] = filtered[3][i];
                }
            }
        }
    }

    private static double[] Eighths(params double[] kernel)
    {
        for (int i = 0; i < kernel.Length; i++)
            kernel[i] /= 8;
        return kernel;
    }
}
