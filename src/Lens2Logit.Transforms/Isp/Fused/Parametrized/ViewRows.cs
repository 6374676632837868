using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>Kernels on single rows of the view or of its gradient, of any length; nothing is read or written beyond it.</summary>
internal static unsafe class ViewRows<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* row, float* added, int width)
    {
        int x = 0;
        for (; x <= width - TVector.Lanes; x += TVector.Lanes)
            (TVector.Load(row + x) + TVector.Load(added + x)).Store(row + x);
        for (; x < width; x++)
            row[x] += added[x];
    }

    /// <summary>target = scale·source + slope·other + shift, where other may be null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Affine(float* source, float* other, float scale, float shift, float slope, long width, float* target)
    {
        TVector a = TVector.Broadcast(scale), b = TVector.Broadcast(shift), c = TVector.Broadcast(slope);
        long x = 0;
        if (other == null)
        {
            for (; x <= width - TVector.Lanes; x += TVector.Lanes)
                TVector.MultiplyAdd(a, TVector.Load(source + x), b).Store(target + x);
        }
        else
        {
            for (; x <= width - TVector.Lanes; x += TVector.Lanes)
                TVector.MultiplyAdd(c, TVector.Load(other + x), TVector.MultiplyAdd(a, TVector.Load(source + x), b)).Store(target + x);
        }
        for (; x < width; x++)
            target[x] = scale * source[x] + shift + (other == null ? 0 : slope * other[x]);
    }

    /// <summary>Adds the row's values less a pivot, and their squares, to two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddMoments(float* row, int width, float pivot, float* sums)
    {
        float* ofSquares = sums + SimdLimits.MaximumLanes;
        TVector center = TVector.Broadcast(pivot), sum = TVector.Load(sums), squares = TVector.Load(ofSquares);
        int x = 0;
        for (; x <= width - TVector.Lanes; x += TVector.Lanes)
        {
            var value = TVector.Load(row + x) - center;
            sum = sum + value;
            squares = TVector.MultiplyAdd(value, value, squares);
        }
        sum.Store(sums);
        squares.Store(ofSquares);
        for (; x < width; x++)
        {
            float value = row[x] - pivot;
            sums[0] += value;
            ofSquares[0] += value * value;
        }
    }

    /// <summary>Σ gradient and Σ gradient·value, in double precision over blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Gradient, double Product) Sums(float* gradient, float* value, long count)
    {
        const int Block = 1024;
        double ofGradient = 0, ofProduct = 0;
        for (long begin = 0; begin < count; begin += Block)
        {
            long end = Math.Min(begin + Block, count), x = begin;
            TVector sum = TVector.Broadcast(0), product = sum;
            for (; x <= end - TVector.Lanes; x += TVector.Lanes)
            {
                var g = TVector.Load(gradient + x);
                sum = sum + g;
                product = TVector.MultiplyAdd(g, TVector.Load(value + x), product);
            }
            ofGradient += Sum(sum);
            ofProduct += Sum(product);
            for (; x < end; x++)
            {
                ofGradient += gradient[x];
                ofProduct += (double)gradient[x] * value[x];
            }
        }
        return (ofGradient, ofProduct);
    }

    private static double Sum(TVector vector)
    {
        float* lanes = stackalloc float[SimdLimits.MaximumLanes];
        vector.Store(lanes);
        double sum = 0;
        for (int i = 0; i < TVector.Lanes; i++)
            sum += lanes[i];
        return sum;
    }
}
