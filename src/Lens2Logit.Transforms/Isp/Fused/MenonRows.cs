using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>
/// Kernels of <see cref="MenonStage{TVector}"/>, whose drawing says what the rows are. They work on half rows: one holds the sites of a
/// row that measure red or blue, another those that measure green. Where the measured sites lie in the odd columns, <c>shift</c> is 1, else 0:
/// <code>
///   shift 0:  m₀ g₀ m₁ g₁ m₂ g₂      beside mᵢ lie gᵢ₋₁ and gᵢ,  beside gᵢ lie mᵢ and mᵢ₊₁
///   shift 1:  g₀ m₀ g₁ m₁ g₂ m₂      beside mᵢ lie gᵢ and gᵢ₊₁,  beside gᵢ lie mᵢ₋₁ and mᵢ
/// </code>
/// The rows above and below have the other shift, so that mᵢ has gᵢ above and below, and gᵢ has mᵢ. Seen from a measured site, those of the
/// rows above and below lie at the same index as the green ones beside it: they are its four diagonal neighbours.
/// </summary>
internal static unsafe class MenonRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    /// <summary>Divides a row of the raw image, less the black level of its even and odd columns. False if a value is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Split(float* raw, int width, float evenBlack, float oddBlack, float* even, float* odd)
    {
        TVector blackOfEven = TVector.Broadcast(evenBlack), blackOfOdd = TVector.Broadcast(oddBlack);
        // Not finite times zero is NaN, and stays so in the sum.
        TVector zero = TVector.Broadcast(0), check = zero;
        int x = 0;
        for (; x <= width - 2 * TVector.Lanes; x += 2 * TVector.Lanes)
        {
            TVector first = TVector.Load(raw + x), second = TVector.Load(raw + x + TVector.Lanes);
            check = TVector.MultiplyAdd(first, zero, TVector.MultiplyAdd(second, zero, check));
            (TVector.EvenLanes(first, second) - blackOfEven).Store(even + x / 2);
            (TVector.OddLanes(first, second) - blackOfOdd).Store(odd + x / 2);
        }
        bool finite = TVector.AllFinite(check);
        for (; x < width; x++)
        {
            finite &= float.IsFinite(raw[x]);
            if ((x & 1) == 0)
                even[x / 2] = raw[x] - evenBlack;
            else
                odd[x / 2] = raw[x] - oddBlack;
        }
        return finite;
    }

    /// <summary>m − G along the row and along the column, and how much the former changes to the next site.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Differences(float* above2, float* above, SplitRow row, float* below, float* below2, int count,
        float* along, float* across, float* gradient)
    {
        TVector half = TVector.Broadcast(0.5f), quarter = TVector.Broadcast(0.25f);
        float* m = row.Measured, g = row.Green + row.Shift;
        for (int i = 0; i < count; i += TVector.Lanes)
        {
            var own = half * TVector.Load(m + i);
            var vertical = TVector.MultiplyAdd(quarter, TVector.Load(above2 + i) + TVector.Load(below2 + i), own)
                - half * (TVector.Load(above + i) + TVector.Load(below + i));
            vertical.Store(across + i);
            var horizontal = Along(m + i, g + i, half, quarter);
            horizontal.Store(along + i);
            TVector.Abs(horizontal - Along(m + i + 1, g + i + 1, half, quarter)).Store(gradient + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TVector Along(float* measured, float* green, TVector half, TVector quarter) =>
            TVector.MultiplyAdd(quarter, TVector.Load(measured - 1) + TVector.Load(measured + 1), half * TVector.Load(measured))
                - half * (TVector.Load(green - 1) + TVector.Load(green));
    }

    /// <summary>The direction whose differences change less in a window of 5×5 (a mask, set where horizontal), and the difference along it.</summary>
    /// <param name="h">Five rows of gradients along rows.</param>
    /// <param name="v">Five rows of differences along columns.</param>
    /// <param name="along">Differences along the row.</param>
    /// <param name="shift">Of the row.</param>
    /// <param name="count">Sites.</param>
    /// <param name="direction">Receives the mask.</param>
    /// <param name="difference">Receives the chosen difference.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decide(float** h, float** v, float* along, int shift, int count, float* direction, float* difference)
    {
        // Sites of the rows above and below begin at the left diagonal neighbour.
        float* h0 = h[0], h1 = h[1] + shift - 1, h2 = h[2], h3 = h[3] + shift - 1, h4 = h[4];
        float* v0 = v[0], v1 = v[1] + shift - 1, v2 = v[2], v3 = v[3] + shift - 1, v4 = v[4];
        var three = TVector.Broadcast(3);
        for (int i = 0; i < count; i += TVector.Lanes)
        {
            var horizontal = TVector.Load(h0 + i - 1) + TVector.Load(h0 + i) + TVector.Load(h1 + i);
            horizontal = TVector.MultiplyAdd(three, TVector.Load(h2 + i - 1) + TVector.Load(h2 + i), horizontal);
            horizontal = horizontal + TVector.Load(h3 + i) + TVector.Load(h4 + i - 1) + TVector.Load(h4 + i);

            var across = TVector.Load(v2 + i);
            var vertical = Changes(v0 + i - 1, v2 + i - 1, v4 + i - 1) + Changes(v0 + i + 1, v2 + i + 1, v4 + i + 1);
            vertical = TVector.MultiplyAdd(three, Changes(v0 + i, v2 + i, v4 + i), vertical);
            vertical = vertical + TVector.Abs(TVector.Load(v1 + i) - TVector.Load(v3 + i))
                + TVector.Abs(TVector.Load(v1 + i + 1) - TVector.Load(v3 + i + 1));
            var isHorizontal = TVector.GreaterOrEqual(vertical, horizontal);
            isHorizontal.Store(direction + i);
            TVector.Select(isHorizontal, TVector.Load(along + i), across).Store(difference + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TVector Changes(float* above2, float* center, float* below2)
        {
            var middle = TVector.Load(center);
            return TVector.Abs(TVector.Load(above2) - middle) + TVector.Abs(middle - TVector.Load(below2));
        }
    }

    /// <summary>The difference to green refined, and the difference to the opposite colour.</summary>
    /// <param name="rows">Five rows of differences.</param>
    /// <param name="direction">The chosen directions.</param>
    /// <param name="shift">Of the row.</param>
    /// <param name="count">Sites.</param>
    /// <param name="refined">Receives the mean of the differences that the site has and that lie before and after it.</param>
    /// <param name="opposite">Receives the mean of what lies before and after, less that of the opposite colour there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Refine(float** rows, float* direction, int shift, int count, float* refined, float* opposite)
    {
        float* above2 = rows[0], above = rows[1] + shift - 1, center = rows[2], below = rows[3] + shift - 1, below2 = rows[4];
        TVector half = TVector.Broadcast(0.5f), quarter = TVector.Broadcast(0.25f), third = TVector.Broadcast(1f / 3);
        for (int i = 0; i < count; i += TVector.Lanes)
        {
            var own = TVector.Load(center + i);
            var sides = TVector.Load(center + i - 1) + TVector.Load(center + i + 1);
            var ends = TVector.Load(above2 + i) + TVector.Load(below2 + i);
            var beside = own + own + TVector.Select(TVector.Load(direction + i), sides, ends);
            var diagonal = TVector.Load(above + i) + TVector.Load(above + i + 1) + (TVector.Load(below + i) + TVector.Load(below + i + 1));
            (third * TVector.MultiplyAdd(half, beside, own)).Store(refined + i);
            (quarter * (beside - diagonal)).Store(opposite + i);
        }
    }

    /// <summary>Red, green and blue of a row from the refined differences, colour-corrected.</summary>
    /// <param name="rows">Five rows of refined differences.</param>
    /// <param name="mosaic">The mosaic's row.</param>
    /// <param name="direction">The chosen directions.</param>
    /// <param name="opposite">The difference to the opposite colour at red and blue sites.</param>
    /// <param name="count">Sites of either kind.</param>
    /// <param name="colors">[3, 3]: its columns are the row's own colour, green, and the other colour.</param>
    /// <param name="target">Receives the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Assemble(float** rows, SplitRow mosaic, float* direction, float* opposite, int count, float* colors, ColorRow target)
    {
        float* above2 = rows[0], above = rows[1], center = rows[2], below = rows[3], below2 = rows[4];
        float* measured = mosaic.Measured, green = mosaic.Green;
        int shift = mosaic.Shift, toDiagonal = shift - 1;
        ColorRow result = new(target.Red, target.Green, target.Blue, target.Luma);
        TVector half = TVector.Broadcast(0.5f), third = TVector.Broadcast(1f / 3);
        TVector m0 = M(0), m1 = M(1), m2 = M(2), m3 = M(3), m4 = M(4), m5 = M(5), m6 = M(6), m7 = M(7), m8 = M(8);
        for (int i = 0; i < count; i += TVector.Lanes)
        {
            var m = TVector.Load(measured + i);
            var refined = TVector.Load(center + i);
            var sides = TVector.Load(center + i - 1) + TVector.Load(center + i + 1);
            var ends = TVector.Load(above2 + i) + TVector.Load(below2 + i);
            var beside = refined + refined + TVector.Select(TVector.Load(direction + i), sides, ends);
            float* a = above + toDiagonal + i, b = below + toDiagonal + i;
            var diagonal = TVector.Load(a) + TVector.Load(a + 1) + (TVector.Load(b) + TVector.Load(b + 1));
            var toOther = third * TVector.MultiplyAdd(half, beside - diagonal, TVector.Load(opposite + i));

            var g = TVector.Load(green + i);
            var inRow = TVector.Load(center - shift + i) + TVector.Load(center - shift + i + 1);
            var inColumn = TVector.Load(above + i) + TVector.Load(below + i);

            TVector own0 = m, own1 = TVector.MultiplyAdd(half, inRow, g);
            TVector green0 = m - refined, green1 = g;
            TVector other0 = m - toOther, other1 = TVector.MultiplyAdd(half, inColumn, g);
            if (shift == 1)
            {
                (own0, own1) = (own1, own0);
                (green0, green1) = (green1, green0);
                (other0, other1) = (other1, other0);
            }
            Correct(TVector.LowerPairs(own0, own1), TVector.LowerPairs(green0, green1), TVector.LowerPairs(other0, other1), 2 * i);
            Correct(TVector.UpperPairs(own0, own1), TVector.UpperPairs(green0, green1), TVector.UpperPairs(other0, other1), 2 * i + TVector.Lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector M(int i) => TVector.Broadcast(colors[i]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Correct(TVector own, TVector green, TVector other, int x) => DemosaicRows<TVector>.Store(
            TVector.MultiplyAdd(m2, other, TVector.MultiplyAdd(m1, green, m0 * own)),
            TVector.MultiplyAdd(m5, other, TVector.MultiplyAdd(m4, green, m3 * own)),
            TVector.MultiplyAdd(m8, other, TVector.MultiplyAdd(m7, green, m6 * own)), result, x);
    }
}
