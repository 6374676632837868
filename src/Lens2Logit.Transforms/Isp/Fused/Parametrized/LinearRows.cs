using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>
/// The linear half of the parametrised ISP over rows, streamed as in <see cref="RowPipeline{TVector}"/>; the forward pass runs it, and the
/// backward pass again, which is cheaper than keeping its results.
/// <code>
///   raw ──→ mosaic ──→ R, G, B, Y ──→ Y′ ──→ change = Y″ − Y
///           − black    folded 3×3     sharpen       blur 5×5
///                      rows ±1        rows ±1       rows ±2
/// </code>
/// <see cref="ParametrizedIsp.Develop"/> is the plain version.
/// </summary>
internal unsafe struct LinearRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    private readonly IspConvention _convention;
    private readonly FoldedKernels _kernels;
    private readonly int _height, _width;
    private readonly float* _numbers;
    private readonly float* _raw;
    private readonly float* _zeros;
    private readonly float* _change;
    private readonly RowRing _mosaic, _red, _green, _blue, _luma, _sharp;
    private int _nextMosaic, _nextColor, _nextSharp;
    private bool _finite = true;

    /// <param name="plan">The numbers.</param>
    /// <param name="numbers">The plan's numbers, pinned.</param>
    /// <param name="raw">The raw image.</param>
    /// <param name="firstRow">The first row that will be asked for.</param>
    /// <param name="rows">How long rows stay available.</param>
    /// <param name="memory">Where the rings are taken from.</param>
    public LinearRows(ParametrizedPlan plan, float* numbers, float* raw, int firstRow, RingSizes rows, ref RowMemory memory)
    {
        (_convention, _kernels, _height, _width) = (plan.Convention, plan.Kernels, plan.Height, plan.Width);
        _numbers = numbers;
        _raw = raw;
        _mosaic = memory.Take(rows.Mosaic);
        (_red, _green, _blue) = (memory.Take(RingSizes.Color), memory.Take(RingSizes.Color), memory.Take(RingSizes.Color));
        (_luma, _sharp) = (memory.Take(rows.Luma), memory.Take(RingSizes.Sharp));
        _zeros = memory.TakeZeros();
        _change = memory.Take(1)[0];
        _nextSharp = Math.Max(0, firstRow - 2);
        _nextColor = Math.Max(0, _nextSharp - 1);
        _nextMosaic = Math.Max(0, _nextColor - 1);
    }

    /// <summary>Whether every pixel read so far is finite.</summary>
    public readonly bool IsFinite => _finite;

    /// <summary>A row of the mosaic, zero beyond its ends; the row may lie one outside the image.</summary>
    public readonly float* Mosaic(int row) => _mosaic[ConventionBorders.Inside(row, _height, _convention)];

    /// <summary>Luma before sharpening, zero outside the image.</summary>
    public readonly float* Luma(int row) => (uint)row < (uint)_height ? _luma[row] : _zeros;

    /// <summary>Sharpened luma, extended by two columns; the row may lie two outside the image.</summary>
    public readonly float* Sharp(int row) => _sharp[ConventionBorders.Inside(row, _height, _convention)];

    public readonly ColorRow Color(int row) => new(_red[row], _green[row], _blue[row], _luma[row]);

    /// <summary>Computes Y″ − Y of a row; rows are asked for in their order. The result lasts until the next call.</summary>
    public float* Change(int row)
    {
        for (int last = Math.Min(row + 2, _height - 1); _nextSharp <= last; _nextSharp++)
        {
            for (int lastColor = Math.Min(_nextSharp + 1, _height - 1); _nextColor <= lastColor; _nextColor++)
                Demosaic(_nextColor);
            float* sharp = _sharp[_nextSharp];
            ParametrizedRows<TVector>.Correlate3(Luma(_nextSharp - 1), Luma(_nextSharp), Luma(_nextSharp + 1), _width, _numbers + ParametrizedPlan.Sharpen, sharp);
            ConventionBorders.Extend(sharp, _width, 2, _convention);
        }
        float** rows = stackalloc float*[5];
        for (int i = 0; i < 5; i++)
            rows[i] = Sharp(row + i - 2);
        ParametrizedRows<TVector>.Correlate5(rows, _width, _numbers + ParametrizedPlan.Blur, _luma[row], -1, _change);
        return _change;
    }

    private void Demosaic(int row)
    {
        for (int last = Math.Min(row + 1, _height - 1); _nextMosaic <= last; _nextMosaic++)
        {
            float* mosaic = _mosaic[_nextMosaic], black = _numbers + ParametrizedPlan.BlackLevel + 2 * (_nextMosaic & 1);
            _finite &= DemosaicRows<TVector>.SubtractBlack(_raw + (nint)_nextMosaic * _width, _width, black[0], black[1], mosaic);
            RowRing.ExtendZero(mosaic, _width, 1);
        }
        var color = Color(row);
        int kind = FoldedKernels.KindOf(row, _height);
        ParametrizedRows<TVector>.Fold(Mosaic(row - 1), Mosaic(row), Mosaic(row + 1), _width, _numbers + ParametrizedPlan.Fold + kind * ParametrizedPlan.KindStride, color);
        for (int side = 0; side < 2; side++)
            AddEdge(row, kind, side, color);
        RowRing.ExtendZero(color.Luma, _width, 1);
    }

    /// <summary>What the column beyond an edge adds to the pixel at the edge.</summary>
    private readonly void AddEdge(int row, int kind, int side, ColorRow color)
    {
        int column = side * (_width - 1), source = _kernels.EdgeColumns[side];
        float* weights = _numbers + ParametrizedPlan.Edges + kind * ParametrizedPlan.EdgeStride + side * ParametrizedPlan.SideStride;
        float above = Mosaic(row - 1)[source], center = Mosaic(row)[source], below = Mosaic(row + 1)[source];
        float red = color.Red[column] += weights[0] * above + weights[1] * center + weights[2] * below;
        float green = color.Green[column] += weights[3] * above + weights[4] * center + weights[5] * below;
        float blue = color.Blue[column] += weights[6] * above + weights[7] * center + weights[8] * below;
        color.Luma[column] = (float)IspKernels.Luma[0] * red + (float)IspKernels.Luma[1] * green + (float)IspKernels.Luma[2] * blue;
    }
}

/// <summary>How many rows the rings hold: powers of two that cover what is asked for until then.</summary>
internal readonly record struct RingSizes(int Mosaic, int Luma)
{
    /// <summary>From the row whose change of luma is computed to the newest, three below.</summary>
    public const int Color = 4;

    /// <summary>The five rows of the blur.</summary>
    public const int Sharp = 8;

    public static RingSizes Forward { get; } = new(4, 4);

    /// <summary>The gradient of the demosaicing kernels needs the mosaic, and that of sharpening luma, when the gradient has come back to them.</summary>
    public static RingSizes Backward { get; } = new(16, 8);

    /// <summary>Rows of memory, a row of zeros and the result included.</summary>
    public int Slots => Mosaic + 3 * Color + Luma + Sharp + 2;
}
