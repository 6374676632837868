using System.Runtime.CompilerServices;
using Lens2Logit.Demosaicing;
using Lens2Logit.Sensors;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>
/// Bilinear or Malvar demosaicing, white balance and colour matrix folded into one linear map per Bayer phase. The filters are
/// symmetric, so six sums of the neighbourhood carry everything, and the map is a matrix [3, 6]:
/// <code>
///             v2
///          d  v1  d       c       the pixel
///      h2  h1  c  h1  h2  h1, h2  left + right, one and two columns away
///          d  v1  d       v1, v2  above + below
///             v2          d       the four diagonal neighbours
/// </code>
/// </summary>
internal sealed unsafe class LinearDemosaicWeights
{
    public const int Sums = 6;

    /// <summary>Distance between two weights of the table: a weight is a vector whose lanes alternate as even and odd columns do.</summary>
    public const int Stride = SimdLimits.MaximumLanes;

    // Kinds of rows. Bilinear filters see each colour's own zero-filled mosaic, so a repeated edge row changes them.
    private const int Top = 2, Bottom = 3, Kinds = 5;

    // Where the six sums take their weight from a kernel [5, 5].
    private static readonly int[] PositionsIn5By5 = [12, 11, 7, 6, 10, 2];

    private readonly float[] _table = GC.AllocateArray<float>(Kinds * 3 * Sums * Stride, pinned: true);
    private readonly float[] _edges = GC.AllocateArray<float>(Kinds * 2 * 9, pinned: true);

    /// <param name="method">Bilinear or Malvar.</param>
    /// <param name="pattern">The colour filter array.</param>
    /// <param name="colors">[3, 3] from camera colour to linear RGB, white balance included.</param>
    public LinearDemosaicWeights(DemosaicMethod method, CfaPattern pattern, double[] colors)
    {
        IsBilinear = method == DemosaicMethod.Bilinear;
        for (int kind = 0; kind < Kinds; kind++)
        {
            int row = kind switch { Top => 0, > Top => kind - Bottom, _ => kind };
            for (int column = 0; column < 2; column++)
            {
                var demosaic = IsBilinear ? Bilinear(pattern, row, column, isEdge: kind >= Top) : Malvar(pattern, row, column);
                for (int i = 0; i < 3 * Sums; i++)
                {
                    double weight = 0;
                    for (int camera = 0; camera < 3; camera++)
                        weight += colors[i / Sums * 3 + camera] * demosaic[camera * Sums + i % Sums];
                    for (int lane = column; lane < Stride; lane += 2)
                        _table[(kind * 3 * Sums + i) * Stride + lane] = (float)weight;
                }
                int above = kind == Top ? row : row + 1, below = kind >= Bottom ? row : row + 1;
                FillEdge(pattern, colors, [above, row, below], column, _edges.AsSpan((kind * 2 + column) * 9, 9));
            }
        }
    }

    /// <summary>
    /// Bilinear: beyond the left and right edge the row is zero, and <see cref="ForEdge"/> says what the repeated edge adds.
    /// Malvar: the edge is repeated.
    /// </summary>
    public bool IsBilinear { get; }

    /// <summary>The weights [channel, sum] of a row.</summary>
    public float* ForRow(int row, int height) => (float*)Unsafe.AsPointer(ref _table[Kind(row, height) * 3 * Sums * Stride]);

    /// <summary>
    /// Bilinear only: the weights [channel, row] of the column beyond the left or right edge for the pixel at that edge. The rows are the
    /// one above, which is the row itself at the top, the pixel's, and the one below, the row itself at the bottom.
    /// </summary>
    public float* ForEdge(int row, int height, int column) => (float*)Unsafe.AsPointer(ref _edges[(Kind(row, height) * 2 + (column & 1)) * 9]);

    private static int Kind(int row, int height) => row == 0 ? Top : row == height - 1 ? Bottom + (row & 1) : row & 1;

    private static void FillEdge(CfaPattern pattern, double[] colors, ReadOnlySpan<int> rows, int column, Span<float> edge)
    {
        for (int i = 0; i < 3; i++)
        {
            int camera = pattern.ChannelAt(rows[i], column);
            double weight = IspKernels.BilinearDemosaic(camera)[i == 1 ? 3 : 0];
            for (int channel = 0; channel < 3; channel++)
                edge[3 * channel + i] = (float)(colors[3 * channel + camera] * weight);
        }
    }

    private static double[] Bilinear(CfaPattern pattern, int row, int column, bool isEdge)
    {
        var weights = new double[3 * Sums];
        for (int camera = 0; camera < 3; camera++)
        {
            var tent = IspKernels.BilinearDemosaic(camera);
            var sums = weights.AsSpan(camera * Sums, Sums);
            if (pattern.ChannelAt(row, column) == camera)
                sums[0] = tent[4] + (isEdge ? tent[1] : 0);
            if (pattern.ChannelAt(row, column + 1) == camera)
                sums[1] = tent[3] + (isEdge ? tent[0] : 0);
            if (pattern.ChannelAt(row + 1, column) == camera)
                sums[2] = tent[1];
            if (pattern.ChannelAt(row + 1, column + 1) == camera)
                sums[3] = tent[0];
        }
        return weights;
    }

    private static double[] Malvar(CfaPattern pattern, int row, int column)
    {
        var weights = new double[3 * Sums];
        int measured = pattern.ChannelAt(row, column);
        weights[measured * Sums] = 1;
        if (measured == 1)
        {
            int inRow = pattern.ChannelAt(row, column + 1);
            Fill(inRow, Demosaic.ColorAtGreenInItsRow);
            Fill(2 - inRow, Demosaic.ColorAtGreenInItsColumn);
        }
        else
        {
            Fill(1, Demosaic.GreenAtRedOrBlue);
            Fill(2 - measured, Demosaic.RedAtBlueAndBack);
        }
        return weights;

        void Fill(int camera, double[] kernel)
        {
            for (int i = 0; i < Sums; i++)
                weights[camera * Sums + i] = kernel[PositionsIn5By5[i]];
        }
    }
}
