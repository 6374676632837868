using Lens2Logit.Sensors;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>
/// The numbers that the fused kernels of a <see cref="ParametrizedIsp"/> need, computed in double precision from the weights of one step.
/// Immutable.
/// </summary>
internal sealed class ParametrizedPlan
{
    /// <summary>Numbers of one kind's weights: a vector per tap and colour, whose lanes alternate as even and odd columns do; order [i, j, l].</summary>
    public const int KindStride = FoldedKernels.Taps * 3 * SimdLimits.MaximumLanes;

    /// <summary>Edge weights of one kind: [side, l, i].</summary>
    public const int EdgeStride = 2 * SideStride, SideStride = 3 * 3;

    /// <summary>Degree of the polynomial for the logarithm of a mantissa, in powers of the mantissa minus 1.5.</summary>
    public const int LogarithmDegree = 7;

    // Where the blocks of Numbers begin.
    public const int Fold = 0, Transposed = Fold + FoldedKernels.Kinds * KindStride, Edges = Transposed + FoldedKernels.Kinds * KindStride;
    public const int Sharpen = Edges + FoldedKernels.Kinds * EdgeStride, SharpenTransposed = Sharpen + 9;
    public const int Blur = SharpenTransposed + 9, BlurTransposed = Blur + 25;
    public const int BlackLevel = BlurTransposed + 25, Curve = BlackLevel + 4, Logarithm = Curve + GammaCurve.Length, Length = Logarithm + LogarithmDegree + 1;

    private static readonly double[] LogarithmPolynomial = ChebyshevPolynomial.Interpolate(t => Math.Log(1.5 + t), 0.5, LogarithmDegree);

    private ParametrizedPlan(ParameterValues values, IspConvention convention, CfaPattern pattern, int height, int width)
    {
        (Values, Convention, Height, Width) = (values, convention, height, width);
        Kernels = new(convention, pattern, height, width, values);
        FillWeights(Fold, Kernels.Weight);
        FillWeights(Transposed, TransposedWeight);
        for (int kind = 0; kind < FoldedKernels.Kinds; kind++)
            for (int i = 0; i < EdgeStride; i++)
                Numbers[Edges + kind * EdgeStride + i] = (float)Kernels.Edge(kind, i / SideStride, i / 3 % 3, i % 3);
        Fill(Sharpen, values.Sharpening);
        Fill(Blur, values.Blur);
        Fill(SharpenTransposed, values.Sharpening.Reverse());
        Fill(BlurTransposed, values.Blur.Reverse());
        Fill(BlackLevel, values.BlackLevel);
        Fill(Logarithm, LogarithmPolynomial.Select(c => (float)c));
    }

    public ParameterValues Values { get; }

    public IspConvention Convention { get; }

    public int Height { get; }

    public int Width { get; }

    public FoldedKernels Kernels { get; }

    public float[] Numbers { get; } = new float[Length];

    /// <summary>What linear values are raised to before gamma.</summary>
    public float Floor => Convention == IspConvention.Published ? (float)IspKernels.Floor : 0;

    /// <summary>Null where the fused kernels do not apply: a gamma beyond their polynomial, or weights beyond float32's reach.</summary>
    public static ParametrizedPlan? For(ParameterValues values, IspConvention convention, CfaPattern pattern, int height, int width)
    {
        var plan = new ParametrizedPlan(values, convention, pattern, height, width);
        bool isUsable = values.Gamma > 0 && float.IsFinite(values.Gamma) && GammaCurve.TryFill(values.Gamma, plan.Numbers.AsSpan(Curve))
            && plan.Kernels.IsUsable && values.Sharpening.Concat(values.Blur).Concat(values.BlackLevel).All(weight => Math.Abs(weight) < 1e6);
        return isUsable ? plan : null;
    }

    /// <summary>
    /// The gradient reaches a pixel of the mosaic from the sites around it: from the one at (i − 1, j − 1) through that site's tap
    /// (2 − i, 2 − j). Kinds: even and odd rows, and the row above the first and below the last, which only one row of sites sees.
    /// </summary>
    private double TransposedWeight(int kind, int columnParity, int l, int i, int j)
    {
        int siteParity = (columnParity + j + 1) & 1;
        return kind switch
        {
            FoldedKernels.FirstRow => i == 2 ? Kernels.Weight(kind, siteParity, l, 0, 2 - j) : 0,
            FoldedKernels.LastRow => i == 0 ? Kernels.Weight(kind, siteParity, l, 2, 2 - j) : 0,
            _ => Kernels.Weight((kind + i + 1) & 1, siteParity, l, 2 - i, 2 - j),
        };
    }

    private void FillWeights(int block, Func<int, int, int, int, int, double> weight)
    {
        for (int kind = 0; kind < FoldedKernels.Kinds; kind++)
            for (int vector = 0; vector < FoldedKernels.Taps * 3; vector++)
                for (int parity = 0; parity < 2; parity++)
                {
                    float value = (float)weight(kind, parity, vector % 3, vector / 9, vector / 3 % 3);
                    for (int lane = parity; lane < SimdLimits.MaximumLanes; lane += 2)
                        Numbers[block + kind * KindStride + vector * SimdLimits.MaximumLanes + lane] = value;
                }
    }

    private void Fill(int block, IEnumerable<float> values)
    {
        foreach (var value in values)
            Numbers[block++] = value;
    }
}
