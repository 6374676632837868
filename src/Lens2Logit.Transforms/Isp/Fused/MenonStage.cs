using Lens2Logit.Demosaicing;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>
/// Menon's demosaicing over rows. Everything is a difference to green D = m − G at the sites that measure red or blue, half of every row,
/// so rows are kept in halves (<see cref="MenonRows{TVector}"/>):
/// <code>
///   raw ─→ measured m, green g ─→ D along rows, columns ─→ direction, D along it ─→ D refined, D to opposite ─→ R, G, B ─→ colour
///          − black                rows ±2                  rows ±2                  rows ±2                     rows ±2    correction
///
///   before, after           the two nearest measured sites along the direction: in the row, or two rows above and below
///   diagonal                the four nearest sites of the opposite colour
///   D refined               = ⅓ (D + ½ (before + 2 D + after))
///   D to opposite           = ¼ (before + 2 D + after − Σ diagonal)
///
///   at a measured site:     G = m − D refined, opposite colour = m − ⅓ (D to opposite + ½ (before + 2 D + after − Σ diagonal)),
///                           with before, D, after and diagonal of D refined
///   at a green site:        the row's colour = g + mean of D refined left and right, the other = g + that above and below
/// </code>
/// Borders are mirrored, which keeps the Bayer phase; gradients are zero beyond the image. <see cref="Demosaic.Menon2007"/> is the plain
/// version: what it does in place, colour by colour, is here one pass in which every row is computed when it is asked for. There, differences
/// are first spread to green sites and then averaged beside the measured ones; the sums above are those two means in one.
/// </summary>
internal unsafe struct MenonStage<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    // Rows of all rings below, and of zeros. The longest hold m and g, which are read eight rows before they are assembled.
    private const int HalfRows = 2 * 16 + 4 + 5 * 8 + 4 + 1;

    // Each of four steps needs the results of the one before it for two rows more on either side.
    private const int Reach = 2;

    private readonly FusedPlan _plan;
    private readonly int _height, _width, _sites;
    private readonly RawPixels _raw;
    private readonly float* _converted;
    private readonly float* _zeros;
    private readonly RowRing _measured, _green, _along, _across, _gradient, _direction, _difference, _refined, _opposite;
    private int _nextMosaic, _nextDifferences, _nextDecision, _nextRefined;
    private bool _finite = true;

    /// <param name="plan">The numbers.</param>
    /// <param name="raw">The raw image.</param>
    /// <param name="height">Its height.</param>
    /// <param name="width">Its width.</param>
    /// <param name="firstRow">The first row that will be asked for.</param>
    /// <param name="memory">Where the rings are taken from.</param>
    public MenonStage(FusedPlan plan, RawPixels raw, int height, int width, int firstRow, ref RowMemory memory)
    {
        (_plan, _height, _width, _sites) = (plan, height, width, (width + 1) / 2);
        _raw = raw;
        _converted = memory.Take(1)[0];
        int stride = RowRing.Stride(_sites);
        (_measured, _green, _along) = (memory.Take(16, stride), memory.Take(16, stride), memory.Take(4, stride));
        (_across, _gradient, _direction) = (memory.Take(8, stride), memory.Take(8, stride), memory.Take(8, stride));
        (_difference, _refined, _opposite) = (memory.Take(8, stride), memory.Take(8, stride), memory.Take(4, stride));
        _zeros = memory.TakeZeros(stride);
        _nextRefined = Math.Max(0, firstRow - Reach);
        _nextDecision = Math.Max(0, _nextRefined - Reach);
        _nextDifferences = Math.Max(0, _nextDecision - Reach);
        _nextMosaic = Math.Max(0, _nextDifferences - Reach);
    }

    /// <summary>Memory that the rings take.</summary>
    public static int Floats(int width) => RowRing.Stride(width) + HalfRows * RowRing.Stride((width + 1) / 2);

    /// <summary>Computes a row of linear RGB and luma; rows are asked for in their order. False if a pixel that it needs is not finite.</summary>
    public bool Demosaic(int row, ColorRow target)
    {
        for (int last = Last(row); _nextRefined <= last; _nextRefined++)
            Refine(_nextRefined);
        float** refined = stackalloc float*[5];
        Around(_refined, row, refined);
        var colors = _plan.OwnColor(row) == 0 ? _plan.Colors : _plan.ColorsFromBlue;
        MenonRows<TVector>.Assemble(refined, Mosaic(row), _direction[row], _opposite[row], _sites, colors, target);
        return _finite;
    }

    private void Refine(int row)
    {
        for (int last = Last(row); _nextDecision <= last; _nextDecision++)
            Decide(_nextDecision);
        float** differences = stackalloc float*[5];
        Around(_difference, row, differences);
        MenonRows<TVector>.Refine(differences, _direction[row], Shift(row), _sites, _refined[row], _opposite[row]);
        ExtendMirror(_refined[row], Shift(row), 1);
    }

    private void Decide(int row)
    {
        for (int last = Last(row); _nextDifferences <= last; _nextDifferences++)
            ComputeDifferences(_nextDifferences);
        float** gradients = stackalloc float*[5], across = stackalloc float*[5];
        for (int i = 0; i < 5; i++)
            gradients[i] = (uint)(row + i - 2) < (uint)_height ? _gradient[row + i - 2] : _zeros;
        Around(_across, row, across);
        // The same row twice has no gradient, as is wanted of rows above the image.
        if (row < 2)
            across[0] = across[2];
        if (row < 1)
            across[1] = across[3];
        MenonRows<TVector>.Decide(gradients, across, _along[row], Shift(row), _sites, _direction[row], _difference[row]);
        ExtendMirror(_difference[row], Shift(row), 1);
    }

    private void ComputeDifferences(int row)
    {
        for (int last = Last(row); _nextMosaic <= last; _nextMosaic++)
            ReadRow(_nextMosaic);
        float* across = _across[row], gradient = _gradient[row];
        MenonRows<TVector>.Differences(_measured[Mirror(row - 2)], _green[Mirror(row - 1)], Mosaic(row), _green[Mirror(row + 1)],
            _measured[Mirror(row + 2)], _sites, _along[row], across, gradient);
        int count = Count(Shift(row));
        RowRing.ExtendZero(across, count, 1);
        RowRing.ExtendZero(gradient, count, 1);
    }

    private void ReadRow(int row)
    {
        int shift = Shift(row);
        float* measured = _measured[row], green = _green[row];
        float* raw = _raw.Row<TVector>(row, _width, _converted), black = _plan.BlackLevel + 2 * (row & 1);
        _finite &= MenonRows<TVector>.Split(raw, _width, black[0], black[1], shift == 0 ? measured : green, shift == 0 ? green : measured);
        // One more than the sites' neighbours: the gradient at the last site is that to the site after it.
        ExtendMirror(measured, shift, 2);
        ExtendMirror(green, 1 - shift, 2);
    }

    /// <summary>Mirrors the image about its edge columns in a half row that holds every second column from <paramref name="shift"/> on.</summary>
    private readonly void ExtendMirror(float* row, int shift, int right)
    {
        int count = Count(shift);
        row[-1] = row[1 - shift];
        for (int i = 0; i < right; i++)
            row[count + i] = row[_width - count - shift - 1 - i];
    }

    private readonly int Count(int shift) => (_width - shift + 1) / 2;

    /// <summary>The five rows about one.</summary>
    private readonly void Around(RowRing ring, int row, float** rows)
    {
        for (int i = 0; i < 5; i++)
            rows[i] = ring[Mirror(row + i - 2)];
    }

    private readonly int Last(int row) => Math.Min(row + Reach, _height - 1);

    private readonly int Mirror(int row) => RowRing.Mirror(row, _height);

    private readonly SplitRow Mosaic(int row) => new(_measured[row], _green[row], Shift(row));

    private readonly int Shift(int row) => _plan.MeasuredColumn(row);
}
