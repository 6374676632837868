using System.Numerics;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.Demosaicing;

public static partial class Demosaic
{
    /// <summary>Each colour is its own zero-filled mosaic, filtered with a 3×3 tent; the edge pixel is repeated at the border.</summary>
    /// <inheritdoc cref="Apply{T}" path="/typeparam|/param|/exception"/>
    public static void Bilinear<T>(ReadOnlySpan<T> raw, int height, int width, CfaPattern pattern, Span<T> rgb)
        where T : struct, IFloatingPointIeee754<T>
    {
        Check(raw, height, width, pattern, rgb);
        var rows = Border.Indices(height, 1, BorderMode.Symmetric);
        var columns = Border.Indices(width, 1, BorderMode.Symmetric);
        for (int channel = 0; channel < 3; channel++)
        {
            var kernel = ToScalar<T>(IspKernels.BilinearDemosaic(channel));
            var plane = rgb.Slice(channel * height * width, height * width);
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    var sum = T.Zero;
                    for (int k = 0; k < 9; k++)
                    {
                        int row = rows[y + k / 3], column = columns[x + k % 3];
                        if (pattern.ChannelAt(row, column) == channel)
                            sum += kernel[k] * raw[row * width + column];
                    }
                    plane[y * width + x] = sum;
                }
            }
        }
    }

    private static T[] ToScalar<T>(ReadOnlySpan<double> values)
        where T : struct, IFloatingPointIeee754<T>
    {
        var result = new T[values.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = T.CreateChecked(values[i]);
        return result;
    }
}
