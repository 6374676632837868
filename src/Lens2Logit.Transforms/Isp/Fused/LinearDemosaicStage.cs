using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>Bilinear or Malvar demosaicing over rows; <see cref="LinearDemosaicWeights"/> says what is computed.</summary>
internal unsafe struct LinearDemosaicStage<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    private const int MosaicRows = 8, Reach = 2;

    private readonly FusedPlan _plan;
    private readonly LinearDemosaicWeights _weights;
    private readonly int _height, _width;
    private readonly RawPixels _raw;
    private readonly float* _converted;
    private readonly float* _zeros;
    private readonly RowRing _mosaic;
    private int _nextMosaic;

    /// <inheritdoc cref="MenonStage{TVector}(FusedPlan, RawPixels, int, int, int, ref RowMemory)"/>
    public LinearDemosaicStage(FusedPlan plan, RawPixels raw, int height, int width, int firstRow, ref RowMemory memory)
    {
        (_plan, _weights, _height, _width) = (plan, plan.Linear!, height, width);
        _raw = raw;
        _converted = memory.Take(1)[0];
        _mosaic = memory.Take(MosaicRows);
        _zeros = memory.TakeZeros();
        _nextMosaic = Math.Max(0, firstRow - Reach);
    }

    /// <inheritdoc cref="MenonStage{TVector}.Floats"/>
    public static int Floats(int width) => (MosaicRows + 2) * RowRing.Stride(width);

    /// <inheritdoc cref="MenonStage{TVector}.Demosaic"/>
    public bool Demosaic(int row, ColorRow target)
    {
        for (int last = Math.Min(row + Reach, _height - 1); _nextMosaic <= last; _nextMosaic++)
        {
            if (!ReadRow(_nextMosaic))
                return false;
        }
        float* weights = _weights.ForRow(row, _height);
        if (_weights.IsBilinear)
        {
            float* above = row > 0 ? _mosaic[row - 1] : _zeros, below = row < _height - 1 ? _mosaic[row + 1] : _zeros;
            DemosaicRows<TVector>.Bilinear(above, _mosaic[row], below, _width, weights, target);
            AddEdgeColumn(row, 0, target);
            AddEdgeColumn(row, _width - 1, target);
        }
        else
        {
            DemosaicRows<TVector>.Malvar(Mosaic(row - 2), Mosaic(row - 1), Mosaic(row), Mosaic(row + 1), Mosaic(row + 2), _width, weights, target);
        }
        return true;
    }

    private readonly bool ReadRow(int row)
    {
        float* mosaic = _mosaic[row], black = _plan.BlackLevel + 2 * (row & 1);
        bool finite = DemosaicRows<TVector>.SubtractBlack(_raw.Row<TVector>(row, _width, _converted), _width, black[0], black[1], mosaic);
        if (_weights.IsBilinear)
            RowRing.ExtendZero(mosaic, _width, 1);
        else
            RowRing.ExtendSymmetric(mosaic, _width, Reach);
        return finite;
    }

    private readonly void AddEdgeColumn(int row, int column, ColorRow color)
    {
        float* w = _weights.ForEdge(row, _height, column);
        float above = Mosaic(row - 1)[column], center = _mosaic[row][column], below = Mosaic(row + 1)[column];
        float red = color.Red[column] += w[0] * above + w[1] * center + w[2] * below;
        float green = color.Green[column] += w[3] * above + w[4] * center + w[5] * below;
        float blue = color.Blue[column] += w[6] * above + w[7] * center + w[8] * below;
        color.Luma[column] = (float)IspKernels.Luma[0] * red + (float)IspKernels.Luma[1] * green + (float)IspKernels.Luma[2] * blue;
    }

    private readonly float* Mosaic(int row) => _mosaic[RowRing.Symmetric(row, _height)];
}
