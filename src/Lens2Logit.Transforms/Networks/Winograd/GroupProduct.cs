using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Networks.Winograd;

/// <summary>Products of matrices whose right side and result have <see cref="TileLayout.Group"/> columns.</summary>
internal static unsafe class GroupProduct<TVector>
    where TVector : unmanaged, ISimdWords<TVector>
{
    /// <summary>Rows are computed so many at a time: there must be memory for a multiple of it on the left and in the result.</summary>
    public const int RowsAtOnce = 4;

    private const int Group = TileLayout.Group;

    /// <summary>result = left·right, or result += left·right.</summary>
    /// <param name="left">Its numbers: row r, column d at r·<paramref name="row"/> + d·<paramref name="column"/>.</param>
    /// <param name="row">From a row of the left side to the next.</param>
    /// <param name="column">From a column of it to the next.</param>
    /// <param name="right">[depth, 32].</param>
    /// <param name="rows">Rows of the left side and of the result.</param>
    /// <param name="depth">What is summed over.</param>
    /// <param name="result">[rows, 32].</param>
    /// <param name="adds">Whether to add to the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* left, nint row, nint column, float* right, int rows, int depth, float* result, bool adds)
    {
        for (int first = 0; first < rows; first += RowsAtOnce)
        {
            for (int lane = 0; lane < Group; lane += 2 * TVector.Lanes)
                Block(left + first * row, row, column, right + lane, depth, result + first * Group + lane, adds);
        }
    }

    // Four rows of two vectors: their sums and what they need fit the registers at every width.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block(float* left, nint row, nint column, float* right, int depth, float* result, bool adds)
    {
        float* second = result + TVector.Lanes;
        TVector a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        if (adds)
        {
            (a0, a1) = (TVector.Load(result), TVector.Load(second));
            (b0, b1) = (TVector.Load(result + Group), TVector.Load(second + Group));
            (c0, c1) = (TVector.Load(result + 2 * Group), TVector.Load(second + 2 * Group));
            (d0, d1) = (TVector.Load(result + 3 * Group), TVector.Load(second + 3 * Group));
        }
        for (int i = 0; i < depth; i++)
        {
            TVector r0 = TVector.Load(right), r1 = TVector.Load(right + TVector.Lanes);
            var a = TVector.Broadcast(left[0]);
            a0 = TVector.MultiplyAdd(a, r0, a0);
            a1 = TVector.MultiplyAdd(a, r1, a1);
            var b = TVector.Broadcast(left[row]);
            b0 = TVector.MultiplyAdd(b, r0, b0);
            b1 = TVector.MultiplyAdd(b, r1, b1);
            var c = TVector.Broadcast(left[2 * row]);
            c0 = TVector.MultiplyAdd(c, r0, c0);
            c1 = TVector.MultiplyAdd(c, r1, c1);
            var d = TVector.Broadcast(left[3 * row]);
            d0 = TVector.MultiplyAdd(d, r0, d0);
            d1 = TVector.MultiplyAdd(d, r1, d1);
            left += column;
            right += Group;
        }
        a0.Store(result);
        a1.Store(second);
        b0.Store(result + Group);
        b1.Store(second + Group);
        c0.Store(result + 2 * Group);
        c1.Store(second + 2 * Group);
        d0.Store(result + 3 * Group);
        d1.Store(second + 3 * Group);
    }
}
