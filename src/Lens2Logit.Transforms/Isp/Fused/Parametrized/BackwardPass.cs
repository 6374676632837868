using System.Buffers;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>
/// The backward pass of a band of rows. What the forward pass computed is computed again, row by row, and the gradient streams back through
/// the transposed stages as soon as the rows it needs are there:
/// <code>
///   ∂view ──→ ∂z = ∂view · slope of gamma ──────────────────────────────────────────→ ∂R, ∂G, ∂B ──→ ∂raw
///             row y + 4                │                               + luma weights · ∂Y  │          row y
///                │                     └─ Σ over colours = ∂(Y″ − Y)                        │          rows ±1
///                ├─→ ∂γ                         │ transposed blur      transposed sharpen   └─→ ∂ of folded 3×3
///                                               └──────────────→ ∂Y′ ──────────────→ ∂Y         row y + 1, mosaic rows ±1
///                                                 rows ±2        row y + 2   rows ±1
///                                               ├─→ ∂blur        └─→ ∂sharpening
///                                                   Y′ rows ±2       Y rows ±1
/// </code>
/// Where several positions beyond the border stand for one pixel, its gradient collects theirs (<see cref="ConventionBorders.StandsFor"/>). Weights
/// collect from the band's own rows only, so bands add up to the image.
/// </summary>
internal unsafe ref struct BackwardPass<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    // Rings: ∂z becomes ∂RGB in place; ∂(Y″ − Y); ∂Y′. Then rows: ∂view (3), ∂Y, zeros.
    private const int Colors = 8, Changes = 8, Sharps = 4, Slots = 3 * Colors + Changes + Sharps + 5;

    private readonly ParametrizedPlan _plan;
    private readonly ViewGradient _given;
    private readonly int _height, _width, _begin, _end;
    private readonly float* _numbers;
    private readonly float* _vectors;
    private readonly float* _zeros;
    private readonly float* _luma;
    private readonly float* _viewRed;
    private readonly float* _viewGreen;
    private readonly float* _viewBlue;
    private readonly RowRing _red, _green, _blue, _change, _sharp;
    private readonly Span<double> _sums;
    private LinearRows<TVector> _linear;
    private int _nextGiven, _nextSharp, _nextColor;

    private BackwardPass(ParametrizedPlan plan, float* numbers, float* vectors, float* raw, ViewGradient given, int begin, int end, Span<double> sums, ref RowMemory memory)
    {
        (_plan, _given, _height, _width, _begin, _end) = (plan, given, plan.Height, plan.Width, begin, end);
        _sums = sums;
        _numbers = numbers;
        _vectors = vectors;
        (_red, _green, _blue) = (memory.Take(Colors), memory.Take(Colors), memory.Take(Colors));
        (_change, _sharp) = (memory.Take(Changes), memory.Take(Sharps));
        _zeros = memory.TakeZeros();
        _luma = memory.Take(1)[0];
        _viewRed = memory.Take(1)[0];
        _viewGreen = memory.Take(1)[0];
        _viewBlue = memory.Take(1)[0];
        _nextColor = Math.Max(0, begin - 1);
        _nextSharp = Math.Max(0, _nextColor - 1);
        _nextGiven = Math.Max(0, _nextSharp - 2);
        _linear = new(plan, numbers, raw, _nextGiven, RingSizes.Backward, ref memory);
    }

    /// <summary>Adds the gradients of the weights to <paramref name="sums"/>, and writes that of the raw image's rows if it is asked for.</summary>
    public static void Run(ParametrizedPlan plan, float* raw, int begin, int end, ViewGradient given, float* rawGradient, Span<double> sums)
    {
        const int Vectors = GradientSums.Vectors * SimdLimits.MaximumLanes;
        int stride = RowRing.Stride(plan.Width), slots = Slots + RingSizes.Backward.Slots;
        var buffer = ArrayPool<float>.Shared.Rent(slots * stride + Vectors + 2 * SimdLimits.MaximumLanes);
        try
        {
            fixed (float* start = buffer, numbers = plan.Numbers)
            {
                new Span<float>(start, Vectors).Clear();
                var memory = RowMemory.Cleared(start + Vectors, slots, stride);
                new BackwardPass<TVector>(plan, numbers, start, raw, given, begin, end, sums, ref memory).Differentiate(rawGradient);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private void Differentiate(float* rawGradient)
    {
        for (int row = _begin; row < _end; row++)
        {
            for (int last = Math.Min(row + 1, _height - 1); _nextColor <= last; _nextColor++)
                ReachColors(_nextColor);
            if (rawGradient != null)
                ReachRaw(row, rawGradient + (nint)row * _width);
            if (GradientSums.IsTimeToEmpty(row - _begin, _width))
                GradientSums.Empty(_vectors, _sums);
        }
        GradientSums.Empty(_vectors, _sums);
    }

    private readonly bool IsOwn(int row) => row >= _begin && row < _end;

    private void ReachLinear(int row)
    {
        float* change = _linear.Change(row);
        _given.Read<TVector>(row, _width, new(_viewRed, _viewGreen, _viewBlue));
        float* ignored = stackalloc float[SimdLimits.MaximumLanes];
        var gradient = new ColorRow(_red[row], _green[row], _blue[row], _change[row]);
        float gammaFloor = _plan.Convention == IspConvention.Published ? float.MinValue : (float)IspKernels.Floor;
        GradientRows<TVector>.ThroughGamma(change, _linear.Color(row), _numbers, new(_viewRed, _viewGreen, _viewBlue), 1 / _plan.Values.Gamma, gammaFloor,
            _width, gradient, IsOwn(row) ? Vector(GradientSums.Gamma) : ignored);
        if (!IsOwn(row))
            return;
        for (int i = 0; i < 5; i++)
            GradientRows<TVector>.Weights5(_change[row], _linear.Sharp(row + i - 2), _width, Vector(GradientSums.Blur + 5 * i));
    }

    private void ReachSharp(int row)
    {
        for (int last = Math.Min(row + 2, _height - 1); _nextGiven <= last; _nextGiven++)
            ReachLinear(_nextGiven);
        float* target = _sharp[row];
        Span<int> positions = stackalloc int[5];
        int count = ConventionBorders.StandsFor(row, _height, 2, _plan.Convention, positions);
        float** rows = stackalloc float*[5];
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < 5; k++)
                rows[k] = (uint)(positions[i] + k - 2) < (uint)_height ? _change[positions[i] + k - 2] : _zeros;
            ParametrizedRows<TVector>.Correlate5(rows, _width, _numbers + ParametrizedPlan.BlurTransposed, i == 0 ? _zeros : target, 1, target);
            CollectBlurBeyondEdges(rows, target);
        }
        RowRing.ExtendZero(target, _width, 2);
        if (IsOwn(row))
            GradientRows<TVector>.Weights3(target, _linear.Luma(row - 1), _linear.Luma(row), _linear.Luma(row + 1), _width, Vector(GradientSums.Sharpen));
    }

    /// <summary>Adds the gradient of the two columns beyond either edge to the columns that stand there.</summary>
    private readonly void CollectBlurBeyondEdges(float** rows, float* target)
    {
        float* weights = _numbers + ParametrizedPlan.BlurTransposed;
        for (int distance = 1; distance <= 2; distance++)
        {
            float left = 0, right = 0;
            for (int k = 0; k < 5; k++)
            {
                // The column at −distance is reached from columns 0 … 2 − distance.
                for (int x = 0; x <= 2 - distance; x++)
                {
                    left += weights[5 * k + 2 + distance + x] * rows[k][x];
                    right += weights[5 * k + 2 - distance - x] * rows[k][_width - 1 - x];
                }
            }
            target[ConventionBorders.Inside(-distance, _width, _plan.Convention)] += left;
            target[ConventionBorders.Inside(_width - 1 + distance, _width, _plan.Convention)] += right;
        }
    }

    private void ReachColors(int row)
    {
        for (int last = Math.Min(row + 1, _height - 1); _nextSharp <= last; _nextSharp++)
            ReachSharp(_nextSharp);
        float* above = row > 0 ? _sharp[row - 1] : _zeros, below = row < _height - 1 ? _sharp[row + 1] : _zeros;
        ParametrizedRows<TVector>.Correlate3(above, _sharp[row], below, _width, _numbers + ParametrizedPlan.SharpenTransposed, _luma);
        int kind = FoldedKernels.KindOf(row, _height);
        float* ignored = stackalloc float[3 * SimdLimits.MaximumLanes];
        var color = Gradient(row);
        GradientRows<TVector>.ThroughLuma(_luma, _change[row], _width, color, IsOwn(row) ? Vector(kind * GradientSums.PerKind + GradientSums.OfColors) : ignored);
        RowRing.ExtendZero(color.Red, _width, 1);
        RowRing.ExtendZero(color.Green, _width, 1);
        RowRing.ExtendZero(color.Blue, _width, 1);
        if (!IsOwn(row))
            return;
        for (int i = 0; i < 3; i++)
            GradientRows<TVector>.FoldWeights(color, _linear.Mosaic(row + i - 1), _width, Vector(kind * GradientSums.PerKind + 9 * i));
        for (int side = 0; side < 2; side++)
            CollectEdge(row, kind, side, color);
    }

    private readonly void CollectEdge(int row, int kind, int side, ColorRow color)
    {
        int column = side * (_width - 1), source = _plan.Kernels.EdgeColumns[side];
        var sums = _sums.Slice(GradientSums.Edges + (kind * 2 + side) * GradientSums.PerSide, GradientSums.PerSide);
        ReadOnlySpan<double> gradient = [color.Red[column], color.Green[column], color.Blue[column]];
        for (int l = 0; l < 3; l++)
        {
            for (int i = 0; i < 3; i++)
                sums[3 * l + i] += gradient[l] * _linear.Mosaic(row + i - 1)[source];
            sums[9 + l] += gradient[l];
        }
    }

    private void ReachRaw(int row, float* target)
    {
        // Whole vectors are written: into a row of our own.
        float* gradient = _luma;
        new Span<float>(gradient, _width + SimdLimits.MaximumLanes).Clear();
        Span<int> positions = stackalloc int[3];
        int count = ConventionBorders.StandsFor(row, _height, 1, _plan.Convention, positions);
        for (int i = 0; i < count; i++)
        {
            int position = positions[i], kind = position < 0 ? FoldedKernels.FirstRow : position >= _height ? FoldedKernels.LastRow : position & 1;
            float* weights = _numbers + ParametrizedPlan.Transposed + kind * ParametrizedPlan.KindStride;
            ParametrizedRows<TVector>.AddTransposed(Gradient(position - 1), Gradient(position), Gradient(position + 1), _width, weights, gradient);
            for (int side = 0; side < 2; side++)
                CollectRawBeyondEdge(position, side, gradient);
        }
        new Span<float>(gradient, _width).CopyTo(new(target, _width));
    }

    /// <summary>Adds the gradient of the column beyond an edge to the column that stands there.</summary>
    private readonly void CollectRawBeyondEdge(int position, int side, float* target)
    {
        int column = side * (_width - 1);
        float sum = 0;
        for (int i = 0; i < 3; i++)
        {
            // The site's tap in row i lies at this position.
            int site = position + 1 - i;
            if ((uint)site >= (uint)_height)
                continue;
            var color = Gradient(site);
            float* weights = _numbers + ParametrizedPlan.Edges + FoldedKernels.KindOf(site, _height) * ParametrizedPlan.EdgeStride + side * ParametrizedPlan.SideStride;
            sum += weights[i] * color.Red[column] + weights[3 + i] * color.Green[column] + weights[6 + i] * color.Blue[column];
        }
        target[_plan.Kernels.EdgeColumns[side]] += sum;
    }

    private readonly ColorRow Gradient(int row) => (uint)row < (uint)_height
        ? new(_red[row], _green[row], _blue[row], _zeros)
        : new(_zeros, _zeros, _zeros, _zeros);

    private readonly float* Vector(int index) => _vectors + index * SimdLimits.MaximumLanes;
}
