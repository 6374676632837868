using Lens2Logit.Sensors;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>
/// Demosaicing (3→3 channels, 3×3), white balance and colour matrix as one 3×3 kernel per kind of site: a pixel of the mosaic has one
/// colour only, so of the folded kernel K[l, c, i, j] = Σ_k M[l,k]·wb[k]·D[k,c,i,j] a tap uses the channel c that lies under it.
/// <code>
///   kind 0, 1: even and odd rows     kind 2: first row     kind 3: last row
///
///   site (row kind, column parity)   tap (i, j)  ──→  c = colour of the pixel that the tap reads  ──→  K[l, c, i, j]
/// </code>
/// What lies beyond the border follows the convention: mirrored pixels keep their colour's place, repeated ones do not, so the first and
/// last row are kinds of their own. Beyond the left and right edge rows hold zeros, and <see cref="Edge"/> weights add what the convention
/// puts there.
/// </summary>
internal sealed class FoldedKernels
{
    public const int Kinds = 4, Taps = 9, FirstRow = 2, LastRow = 3;

    private readonly double[] _folded = new double[3 * 3 * Taps];
    private readonly CfaPattern _pattern;
    private readonly int _width;
    private readonly int[] _sourceParity = new int[Kinds * 3];

    public FoldedKernels(IspConvention convention, CfaPattern pattern, int height, int width, ParameterValues values)
    {
        (_pattern, _width) = (pattern, width);
        for (int l = 0; l < 3; l++)
            for (int k = 0; k < 3; k++)
                for (int i = 0; i < 3 * Taps; i++)
                    _folded[l * 3 * Taps + i] += values.ColorMatrix[l * 3 + k] * values.WhiteBalance[k] * values.Demosaicing[k * 3 * Taps + i];
        for (int kind = 0; kind < Kinds; kind++)
        {
            int row = kind switch { FirstRow => 0, LastRow => height - 1, _ => kind + 2 };
            for (int i = 0; i < 3; i++)
                _sourceParity[kind * 3 + i] = ConventionBorders.Inside(row + i - 1, kind < FirstRow ? int.MaxValue : height, convention) & 1;
        }
        EdgeColumns = [ConventionBorders.Inside(-1, width, convention), ConventionBorders.Inside(width, width, convention)];
    }

    /// <summary>The columns that stand for those beyond the left and the right edge.</summary>
    public int[] EdgeColumns { get; }

    /// <summary>Whether all weights are numbers that float32, which ends at 3e38, holds with room for sums and products of them.</summary>
    public bool IsUsable => _folded.All(weight => Math.Abs(weight) < 1e15);

    public static int KindOf(int row, int height) => row == 0 ? FirstRow : row == height - 1 ? LastRow : row & 1;

    /// <summary>The weight with which output colour <paramref name="l"/> at a site sees tap (i, j).</summary>
    public double Weight(int kind, int columnParity, int l, int i, int j) => _folded[IndexOf(kind, columnParity, l, i, j)];

    /// <summary>The weight of the tap in row i that lies beyond the left (side 0) or right (side 1) edge.</summary>
    public double Edge(int kind, int side, int l, int i) => _folded[EdgeIndexOf(kind, side, l, i)];

    /// <summary>Where <see cref="Weight"/> lies in [l, c, i, j].</summary>
    public int IndexOf(int kind, int columnParity, int l, int i, int j) => Index(l, SiteOf(kind, columnParity, i, j), i, j);

    /// <summary>Where <see cref="Edge"/> lies in [l, c, i, j].</summary>
    public int EdgeIndexOf(int kind, int side, int l, int i) => Index(l, EdgeSiteOf(kind, side, i), i, 2 * side);

    /// <summary>The position in the 2×2 cell of the pixel under tap (i, j).</summary>
    public int SiteOf(int kind, int columnParity, int i, int j) => 2 * _sourceParity[kind * 3 + i] + ((columnParity + j + 1) & 1);

    /// <summary>The position in the 2×2 cell of the pixel that stands for the one beyond the edge in row i.</summary>
    public int EdgeSiteOf(int kind, int side, int i) => 2 * _sourceParity[kind * 3 + i] + (EdgeColumns[side] & 1);

    /// <summary>Parity of the column at the left (side 0) or right (side 1) edge.</summary>
    public int ParityOfEdge(int side) => side == 0 ? 0 : (_width - 1) & 1;

    private int Index(int l, int site, int i, int j) => ((l * 3 + _pattern.Cell()[site]) * 3 + i) * 3 + j;
}
