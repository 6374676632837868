using Lens2Logit.Demosaicing;

namespace Lens2Logit.Isp.Fused;

/// <summary>
/// Menon's demosaicing over rows. Everything is a difference: at a red or blue site, the measured colour m less green; at a green site,
/// red or blue less green. Of a green site's two colours one is measured beside it in the row, the other above and below.
/// <code>
///   m ─→ m − G along rows, columns ─→ gradients ─→ direction ─┐
///        rows ±2            │         row + 2      rows ±2    │
///                           └──────────────── choose ─────────┴─→ difference D
///
///   D ─→ green sites: mean in row, column ─→ red and blue sites, along the direction:
///        rows ±1                             D refined = ⅓ (before + D + after)         rows ±1
///                                            m − opposite colour = ½ (before + after)
///
///   D refined ─→ green sites: mean in row, column ─→ R, G, B ─→ colour correction
///                rows ±1                             rows ±1, opposite = m − ⅓ (before + itself + after)
/// </code>
/// Borders are mirrored, which keeps the Bayer phase; gradients are zero beyond the image. <see cref="Demosaic.Menon2007"/> is the plain
/// version: what it does in place, colour by colour, is here one pass in which every row is computed when it is asked for.
/// </summary>
internal unsafe struct MenonStage<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    /// <summary>Rows of memory.</summary>
    public const int Slots = 16 + 5 * 8 + 8 * 4 + 2;

    private readonly FusedPlan _plan;
    private readonly int _height, _width;
    private readonly RawImage _raw;
    private readonly float* _converted;
    private readonly float* _zeros;
    private readonly RowRing _mosaic, _along, _across, _gradientAlong, _gradientAcross, _direction;
    private readonly RowRing _difference, _inRow, _inColumn, _refined, _opposite, _refinedInRow, _refinedInColumn;
    private int _nextMosaic, _nextDifferences, _nextGradients, _nextDecision, _nextFilled, _nextRefined, _nextRefinedFilled;
    private bool _finite = true;

    /// <param name="plan">The numbers.</param>
    /// <param name="raw">The raw image.</param>
    /// <param name="height">Its height.</param>
    /// <param name="width">Its width.</param>
    /// <param name="firstRow">The first row that will be asked for.</param>
    /// <param name="memory">Where the rings are taken from.</param>
    public MenonStage(FusedPlan plan, RawImage raw, int height, int width, int firstRow, ref RowMemory memory)
    {
        (_plan, _height, _width) = (plan, height, width);
        _raw = raw;
        _converted = memory.Take(1)[0];
        (_mosaic, _along, _across) = (memory.Take(16), memory.Take(8), memory.Take(8));
        (_gradientAlong, _gradientAcross, _direction) = (memory.Take(8), memory.Take(8), memory.Take(8));
        (_difference, _inRow, _inColumn, _refined) = (memory.Take(4), memory.Take(4), memory.Take(4), memory.Take(4));
        (_opposite, _refinedInRow, _refinedInColumn) = (memory.Take(4), memory.Take(4), memory.Take(4));
        _zeros = memory.TakeZeros();
        _nextRefinedFilled = Math.Max(0, firstRow - 1);
        _nextRefined = Math.Max(0, _nextRefinedFilled - 1);
        _nextFilled = Math.Max(0, _nextRefined - 1);
        _nextDecision = Math.Max(0, _nextFilled - 1);
        _nextGradients = Math.Max(0, _nextDecision - 2);
        // Two more: at the lower border the row two below is mirrored to one above.
        _nextDifferences = Math.Max(0, _nextGradients - 2);
        _nextMosaic = Math.Max(0, _nextDifferences - 2);
    }

    /// <summary>Computes a row of linear RGB and luma; rows are asked for in their order. False if a pixel that it needs is not finite.</summary>
    public bool Demosaic(int row, ColorRow target)
    {
        for (int last = Last(row + 1); _nextRefinedFilled <= last; _nextRefinedFilled++)
            FillGreenAgain(_nextRefinedFilled);
        var colors = OwnColor(row) == 0 ? _plan.Colors : _plan.ColorsFromBlue;
        MenonRows<TVector>.Assemble(RefinedFilled(row - 1), RefinedFilled(row), RefinedFilled(row + 1), _mosaic[row], _direction[row],
            _refined[row], _opposite[row], _width, Mask(row), colors, target);
        return _finite;
    }

    private void FillGreenAgain(int row)
    {
        for (int last = Last(row + 1); _nextRefined <= last; _nextRefined++)
            Refine(_nextRefined);
        float* inRow = _refinedInRow[row], inColumn = _refinedInColumn[row];
        MenonRows<TVector>.FillGreen(_refined[Mirror(row - 1)], _refined[row], _refined[Mirror(row + 1)], _width, inRow, inColumn);
        RowRing.ExtendMirror(inRow, _width, 1);
        RowRing.ExtendMirror(inColumn, _width, 1);
    }

    private void Refine(int row)
    {
        for (int last = Last(row + 1); _nextFilled <= last; _nextFilled++)
            FillGreen(_nextFilled);
        float* refined = _refined[row];
        MenonRows<TVector>.RefineMeasured(Filled(row - 1), Filled(row), Filled(row + 1), _direction[row], _difference[row], _width, Mask(row),
            refined, _opposite[row]);
        RowRing.ExtendMirror(refined, _width, 1);
    }

    private void FillGreen(int row)
    {
        for (int last = Last(row + 1); _nextDecision <= last; _nextDecision++)
            Decide(_nextDecision);
        float* inRow = _inRow[row], inColumn = _inColumn[row];
        MenonRows<TVector>.FillGreen(_difference[Mirror(row - 1)], _difference[row], _difference[Mirror(row + 1)], _width, inRow, inColumn);
        RowRing.ExtendMirror(inRow, _width, 1);
        RowRing.ExtendMirror(inColumn, _width, 1);
    }

    private void Decide(int row)
    {
        for (int last = Last(row + 2); _nextGradients <= last; _nextGradients++)
            ComputeGradients(_nextGradients);
        float** along = stackalloc float*[5];
        float** across = stackalloc float*[3];
        for (int i = 0; i < 5; i++)
            along[i] = (uint)(row + i - 2) < (uint)_height ? _gradientAlong[row + i - 2] : _zeros;
        for (int i = 0; i < 3; i++)
            across[i] = row + i - 2 >= 0 ? _gradientAcross[row + i - 2] : _zeros;
        float* difference = _difference[row];
        MenonRows<TVector>.Decide(along, across, _along[row], _across[row], _width, _direction[row], difference);
        RowRing.ExtendMirror(difference, _width, 1);
    }

    private void ComputeGradients(int row)
    {
        for (int last = Last(row + 2); _nextDifferences <= last; _nextDifferences++)
            ComputeDifferences(_nextDifferences);
        float* along = _gradientAlong[row], across = _gradientAcross[row];
        MenonRows<TVector>.Gradients(_along[row], _across[row], _across[Mirror(row + 2)], _width, along, across);
        RowRing.ExtendZero(along, _width, 2);
        RowRing.ExtendZero(across, _width, 2);
    }

    private void ComputeDifferences(int row)
    {
        for (int last = Last(row + 2); _nextMosaic <= last; _nextMosaic++)
            ReadRow(_nextMosaic);
        float* along = _along[row];
        MenonRows<TVector>.Differences(_mosaic[Mirror(row - 2)], _mosaic[Mirror(row - 1)], _mosaic[row], _mosaic[Mirror(row + 1)],
            _mosaic[Mirror(row + 2)], _width, Mask(row), along, _across[row]);
        RowRing.ExtendMirror(along, _width, 2);
    }

    private void ReadRow(int row)
    {
        float* mosaic = _mosaic[row], black = _plan.BlackLevel + 2 * (row & 1);
        _finite &= DemosaicRows<TVector>.SubtractBlack(_raw.Row<TVector>(row, _width, _converted), _width, black[0], black[1], mosaic);
        RowRing.ExtendMirror(mosaic, _width, 2);
    }

    private readonly int Last(int row) => Math.Min(row, _height - 1);

    private readonly int Mirror(int row) => RowRing.Mirror(row, _height);

    private readonly FilledRow Filled(int row) => new(_inRow[Mirror(row)], _inColumn[Mirror(row)]);

    private readonly FilledRow RefinedFilled(int row) => new(_refinedInRow[Mirror(row)], _refinedInColumn[Mirror(row)]);

    private readonly float* Mask(int row) => _plan.MeasuredMask(row);

    private readonly int OwnColor(int row) => _plan.OwnColor(row);
}
