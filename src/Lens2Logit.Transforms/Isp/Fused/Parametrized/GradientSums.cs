using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>
/// What the backward pass adds up, and how the weights' gradients follow from it. Kernels add in vectors of float32, which are emptied into
/// double precision every few rows; lanes keep the parity of their columns.
/// </summary>
internal static unsafe class GradientSums
{
    /// <summary>Vectors: for each kind of row the folded kernel [i, j, l] and the colours' sums [l]; sharpening; blur; gamma.</summary>
    public const int OfColors = FoldedKernels.Taps * 3, PerKind = OfColors + 3, Sharpen = FoldedKernels.Kinds * PerKind, Blur = Sharpen + 9, Gamma = Blur + 25, Vectors = Gamma + 1;

    /// <summary>Numbers of one unit of work: two a vector, then for each kind and side the edge weights [l, i] and the colours [l].</summary>
    public const int Edges = 2 * Vectors, PerSide = 9 + 3, Length = Edges + FoldedKernels.Kinds * 2 * PerSide;

    /// <summary>Whether vectors of float32 have taken up as many values since the last time as their precision allows.</summary>
    public static bool IsTimeToEmpty(int row, int width)
    {
        int rows = Math.Max(1, 16384 / width);
        return row % rows == rows - 1;
    }

    public static void Empty(float* vectors, Span<double> sums)
    {
        for (int i = 0; i < Vectors; i++)
        {
            for (int lane = 0; lane < SimdLimits.MaximumLanes; lane += 2)
            {
                sums[2 * i] += vectors[lane];
                sums[2 * i + 1] += vectors[lane + 1];
            }
            new Span<float>(vectors, SimdLimits.MaximumLanes).Clear();
            vectors += SimdLimits.MaximumLanes;
        }
    }

    /// <summary>The gradients of the weights, in the order of <see cref="ParametrizedIsp.Weights"/>.</summary>
    public static double[][] ToWeights(ParametrizedPlan plan, ReadOnlySpan<double> sums)
    {
        var folded = new double[81];
        var black = new double[4];
        for (int kind = 0; kind < FoldedKernels.Kinds; kind++)
        {
            AddInside(plan.Kernels, kind, sums, folded, black);
            for (int side = 0; side < 2; side++)
                AddEdge(plan.Kernels, kind, side, sums.Slice(Edges + (kind * 2 + side) * PerSide, PerSide), folded, black);
        }
        var values = plan.Values;
        double[] demosaicing = new double[81], white = new double[3], matrix = new double[9];
        for (int l = 0; l < 3; l++)
        {
            for (int k = 0; k < 3; k++)
            {
                double ofProduct = 0;
                for (int t = 0; t < 27; t++)
                {
                    ofProduct += folded[l * 27 + t] * values.Demosaicing[k * 27 + t];
                    demosaicing[k * 27 + t] += folded[l * 27 + t] * values.ColorMatrix[l * 3 + k] * values.WhiteBalance[k];
                }
                matrix[l * 3 + k] = ofProduct * values.WhiteBalance[k];
                white[k] += ofProduct * values.ColorMatrix[l * 3 + k];
            }
        }
        double gamma = -Both(sums, Gamma) / ((double)values.Gamma * values.Gamma);
        return [black, demosaicing, white, matrix, Kernel(sums, Sharpen, 9), Kernel(sums, Blur, 25), [gamma]];
    }

    private static void AddInside(FoldedKernels kernels, int kind, ReadOnlySpan<double> sums, double[] folded, double[] black)
    {
        for (int i = 0; i < OfColors; i++)
        {
            int l = i % 3, row = i / 9, column = i / 3 % 3;
            for (int parity = 0; parity < 2; parity++)
            {
                folded[kernels.IndexOf(kind, parity, l, row, column)] += sums[2 * (kind * PerKind + i) + parity];
                double color = sums[2 * (kind * PerKind + OfColors + l) + parity];
                black[kernels.SiteOf(kind, parity, row, column)] -= color * kernels.Weight(kind, parity, l, row, column);
            }
        }
    }

    private static void AddEdge(FoldedKernels kernels, int kind, int side, ReadOnlySpan<double> sums, double[] folded, double[] black)
    {
        int parity = kernels.ParityOfEdge(side);
        for (int i = 0; i < 9; i++)
        {
            int l = i / 3, row = i % 3;
            double color = sums[9 + l];
            folded[kernels.EdgeIndexOf(kind, side, l, row)] += sums[i];
            black[kernels.EdgeSiteOf(kind, side, row)] -= color * kernels.Edge(kind, side, l, row);
            // The tap beyond the edge saw zero, not a pixel less its black level.
            black[kernels.SiteOf(kind, parity, row, 2 * side)] += color * kernels.Weight(kind, parity, l, row, 2 * side);
        }
    }

    private static double[] Kernel(ReadOnlySpan<double> sums, int first, int count)
    {
        var kernel = new double[count];
        for (int i = 0; i < count; i++)
            kernel[i] = Both(sums, first + i);
        return kernel;
    }

    private static double Both(ReadOnlySpan<double> sums, int vector) => sums[2 * vector] + sums[2 * vector + 1];
}
