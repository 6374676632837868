using System.Runtime.CompilerServices;

namespace Lens2Logit.Isp.Fused;

/// <summary>
/// Kernels of <see cref="MenonStage{TVector}"/>, whose drawing says what the rows are. Every kernel computes all columns, also those where
/// its result means nothing; what must be zero there is masked.
/// </summary>
internal static unsafe class MenonRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    /// <summary>m − G along the row and along the column at red and blue sites (where the mask is set), zero at green.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Differences(float* above2, float* above, float* center, float* below, float* below2, int width, float* mask,
        float* along, float* across)
    {
        TVector measured = TVector.Load(mask), zero = TVector.Broadcast(0), half = TVector.Broadcast(0.5f), quarter = TVector.Broadcast(0.25f);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var own = half * TVector.Load(center + x);
            var horizontal = TVector.MultiplyAdd(quarter, TVector.Load(center + x - 2) + TVector.Load(center + x + 2), own)
                - half * (TVector.Load(center + x - 1) + TVector.Load(center + x + 1));
            var vertical = TVector.MultiplyAdd(quarter, TVector.Load(above2 + x) + TVector.Load(below2 + x), own)
                - half * (TVector.Load(above + x) + TVector.Load(below + x));
            TVector.Select(measured, horizontal, zero).Store(along + x);
            TVector.Select(measured, vertical, zero).Store(across + x);
        }
    }

    /// <summary>How much the differences change over two columns or rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradients(float* along, float* across, float* acrossBelow2, int width, float* gradientAlong, float* gradientAcross)
    {
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            TVector.Abs(TVector.Load(along + x) - TVector.Load(along + x + 2)).Store(gradientAlong + x);
            TVector.Abs(TVector.Load(across + x) - TVector.Load(acrossBelow2 + x)).Store(gradientAcross + x);
        }
    }

    /// <summary>The direction whose differences change less in a window of 5×5 (a mask, set where horizontal), and the difference along it.</summary>
    /// <param name="h">Five rows of gradients along rows.</param>
    /// <param name="v">Three rows of gradients along columns: two above, one above, this one.</param>
    /// <param name="along">Differences along the row.</param>
    /// <param name="across">Differences along the column.</param>
    /// <param name="width">Columns.</param>
    /// <param name="direction">Receives the mask.</param>
    /// <param name="difference">Receives the chosen difference.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decide(float** h, float** v, float* along, float* across, int width, float* direction, float* difference)
    {
        float* h0 = h[0], h1 = h[1], h2 = h[2], h3 = h[3], h4 = h[4], v0 = v[0], v1 = v[1], v2 = v[2];
        var three = TVector.Broadcast(3);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var horizontal = TVector.Load(h0 + x - 2) + TVector.Load(h0 + x) + TVector.Load(h1 + x - 1);
            horizontal = TVector.MultiplyAdd(three, TVector.Load(h2 + x - 2) + TVector.Load(h2 + x), horizontal);
            horizontal = horizontal + TVector.Load(h3 + x - 1) + TVector.Load(h4 + x - 2) + TVector.Load(h4 + x);
            var vertical = TVector.Load(v0 + x - 2) + TVector.Load(v2 + x - 2) + TVector.Load(v1 + x - 1);
            vertical = TVector.MultiplyAdd(three, TVector.Load(v0 + x) + TVector.Load(v2 + x), vertical);
            vertical = vertical + TVector.Load(v1 + x + 1) + TVector.Load(v0 + x + 2) + TVector.Load(v2 + x + 2);
            var isHorizontal = TVector.GreaterOrEqual(vertical, horizontal);
            isHorizontal.Store(direction + x);
            TVector.Select(isHorizontal, TVector.Load(along + x), TVector.Load(across + x)).Store(difference + x);
        }
    }

    /// <summary>At green sites: the mean difference of the two neighbours in the row, and of those in the column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FillGreen(float* above, float* center, float* below, int width, float* inRow, float* inColumn)
    {
        var half = TVector.Broadcast(0.5f);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            (half * (TVector.Load(center + x - 1) + TVector.Load(center + x + 1))).Store(inRow + x);
            (half * (TVector.Load(above + x) + TVector.Load(below + x))).Store(inColumn + x);
        }
    }

    /// <summary>At red and blue sites: the difference to green refined, and the difference to the opposite colour. Zero at green.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RefineMeasured(FilledRow above, FilledRow center, FilledRow below, float* direction, float* difference,
        int width, float* mask, float* refined, float* opposite)
    {
        TVector measured = TVector.Load(mask), zero = TVector.Broadcast(0), half = TVector.Broadcast(0.5f), third = TVector.Broadcast(1f / 3);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var isHorizontal = TVector.Load(direction + x);
            // Beside the site its own colour lies in the row, above and below in the column.
            var ownSides = TVector.Load(center.InRow + x - 1) + TVector.Load(center.InRow + x + 1);
            var otherSides = TVector.Load(center.InColumn + x - 1) + TVector.Load(center.InColumn + x + 1);
            var ownEnds = TVector.Load(above.InColumn + x) + TVector.Load(below.InColumn + x);
            var otherEnds = TVector.Load(above.InRow + x) + TVector.Load(below.InRow + x);
            var own = TVector.Select(isHorizontal, ownSides, ownEnds);
            var other = TVector.Select(isHorizontal, otherSides, otherEnds);
            TVector.Select(measured, third * (TVector.Load(difference + x) + own), zero).Store(refined + x);
            (half * (own - other)).Store(opposite + x);
        }
    }

    /// <summary>Red, green and blue of a row from the refined differences, colour-corrected.</summary>
    /// <param name="above">Refined means at green sites of the row above.</param>
    /// <param name="center">Those of the row.</param>
    /// <param name="below">Those of the row below.</param>
    /// <param name="mosaic">The mosaic's row.</param>
    /// <param name="direction">The chosen directions.</param>
    /// <param name="refined">The refined difference to green at red and blue sites.</param>
    /// <param name="opposite">The difference to the opposite colour there.</param>
    /// <param name="width">Columns.</param>
    /// <param name="mask">Set where red or blue is measured.</param>
    /// <param name="colors">[3, 3]: its columns are the row's own colour, green, and the other colour.</param>
    /// <param name="target">Receives the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Assemble(FilledRow above, FilledRow center, FilledRow below, float* mosaic, float* direction,
        float* refined, float* opposite, int width, float* mask, float* colors, ColorRow target)
    {
        TVector measured = TVector.Load(mask), third = TVector.Broadcast(1f / 3);
        TVector m0 = M(0), m1 = M(1), m2 = M(2), m3 = M(3), m4 = M(4), m5 = M(5), m6 = M(6), m7 = M(7), m8 = M(8);
        for (int x = 0; x < width; x += TVector.Lanes)
        {
            var m = TVector.Load(mosaic + x);
            var isHorizontal = TVector.Load(direction + x);
            var sides = TVector.Load(center.InRow + x - 1) + TVector.Load(center.InRow + x + 1)
                - (TVector.Load(center.InColumn + x - 1) + TVector.Load(center.InColumn + x + 1));
            var ends = TVector.Load(above.InColumn + x) + TVector.Load(below.InColumn + x)
                - (TVector.Load(above.InRow + x) + TVector.Load(below.InRow + x));
            var toOther = third * (TVector.Load(opposite + x) + TVector.Select(isHorizontal, sides, ends));

            var own = TVector.Select(measured, m, m + TVector.Load(center.InRow + x));
            // The refined difference is zero at green sites.
            var green = m - TVector.Load(refined + x);
            var other = TVector.Select(measured, m - toOther, m + TVector.Load(center.InColumn + x));
            var red = TVector.MultiplyAdd(m2, other, TVector.MultiplyAdd(m1, green, m0 * own));
            var corrected = TVector.MultiplyAdd(m5, other, TVector.MultiplyAdd(m4, green, m3 * own));
            var blue = TVector.MultiplyAdd(m8, other, TVector.MultiplyAdd(m7, green, m6 * own));
            DemosaicRows<TVector>.Store(red, corrected, blue, target, x);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector M(int i) => TVector.Broadcast(colors[i]);
    }
}

/// <summary>Means of the differences beside green sites: of the neighbours in the row and of those in the column.</summary>
internal readonly unsafe struct FilledRow(float* inRow, float* inColumn)
{
    public readonly float* InRow = inRow, InColumn = inColumn;
}
