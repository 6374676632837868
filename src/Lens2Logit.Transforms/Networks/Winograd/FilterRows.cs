using System.Runtime.CompilerServices;
using Lens2Logit.Native;
using Lens2Logit.Simd;

namespace Lens2Logit.Networks.Winograd;

/// <summary>
/// Transforms filters of [out, 3, 3, in] to their 36 positions and back, a group of 32 at a time. Transformed, a group lies as 36 times
/// [depth, 32], <see cref="TileLayout.FilterStride"/> apart, where depth is what the product sums over.
/// </summary>
internal static unsafe class FilterRows<TVector, TElement>
    where TVector : unmanaged, ISimdWords<TVector>
    where TElement : struct, IElement<TVector>
{
    private const int Side = 3, Taps = Side * Side, Window = 6, Group = TileLayout.Group;

    /// <summary>G·f·Gᵀ of 32 filters: the product sums over their inputs.</summary>
    /// <param name="filters">All filters.</param>
    /// <param name="inputs">Their inputs.</param>
    /// <param name="group">Which 32.</param>
    /// <param name="target">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transform(byte* filters, int inputs, int group, float* target)
    {
        using var byTap = new PooledMemory(Taps * inputs * Group);
        nint length = (nint)Taps * inputs;
        byte* first = filters + group * Group * length * TElement.Size;
        // Some columns at a time, so that the lines they are written to stay in the cache.
        for (nint begin = 0; begin < length; begin += Group)
        {
            for (int filter = 0; filter < Group; filter++)
            {
                byte* from = first + (filter * length + begin) * TElement.Size;
                float* to = byTap.Start + begin * Group + filter;
                for (int i = 0; i < Group; i++, from += TElement.Size, to += Group)
                    *to = TElement.Read(from);
            }
        }
        FilterRows<TVector, SingleElement<TVector>>.Transform((byte*)byTap.Start, (nint)inputs * Group, Group, inputs, target);
    }

    /// <summary>The same of 32 inputs of filters turned by half a turn, as the gradient of the images takes them: the product sums over the filters.</summary>
    /// <param name="filters">All filters.</param>
    /// <param name="outputs">Their number.</param>
    /// <param name="inputs">Their inputs.</param>
    /// <param name="group">Which 32.</param>
    /// <param name="target">Receives them.</param>
    public static void TransformTurned(byte* filters, int outputs, int inputs, int group, float* target) =>
        Transform(filters + ((Taps - 1) * (nint)inputs + group * Group) * TElement.Size, -inputs, Taps * (nint)inputs, outputs, target);

    /// <summary>Gᵀ·u·G of 32 inputs of all filters.</summary>
    /// <param name="source">The gradients of their positions [36, outputs, 32].</param>
    /// <param name="outputs">Number of filters.</param>
    /// <param name="inputs">Their inputs.</param>
    /// <param name="group">Which 32.</param>
    /// <param name="target">Receives the gradients of all filters.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformGradient(float* source, int outputs, int inputs, int group, byte* target)
    {
        float* memory = stackalloc float[SimdLimits.MaximumLanes * (Window * Side + Side + 1)];
        TVector* columns = (TVector*)SimdLimits.Align(memory), row = columns + Window * Side;
        nint step = TileLayout.FilterStride(outputs) / TVector.Lanes;
        for (int filter = 0; filter < outputs; filter++, source += Group)
        {
            for (int lane = 0; lane < Group; lane += TVector.Lanes)
            {
                var from = (TVector*)(source + lane);
                for (int x = 0; x < Window; x++, from += step)
                    TileTransform<TVector>.FilterGradient(from[0], from[6 * step], from[12 * step], from[18 * step], from[24 * step], from[30 * step], columns + x, Window);
                byte* to = target + ((nint)filter * Taps * inputs + Group * group + lane) * TElement.Size;
                for (int y = 0; y < Side; y++)
                {
                    var line = columns + Window * y;
                    TileTransform<TVector>.FilterGradient(line[0], line[1], line[2], line[3], line[4], line[5], row, 1);
                    for (int x = 0; x < Side; x++, to += inputs * TElement.Size)
                        TElement.Store(row[x], to);
                }
            }
        }
    }

    // Strides in numbers: from a tap to the next, and from one place of the sum to the next.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform(byte* source, nint tapStride, nint depthStride, int depth, float* target)
    {
        nint tap = tapStride * TElement.Size, step = TileLayout.FilterStride(depth) / TVector.Lanes;
        float* memory = stackalloc float[SimdLimits.MaximumLanes * (Window * Side + 1)];
        var columns = (TVector*)SimdLimits.Align(memory);
        for (int d = 0; d < depth; d++, target += Group, source += depthStride * TElement.Size)
        {
            for (int lane = 0; lane < Group; lane += TVector.Lanes)
            {
                byte* from = source + lane * TElement.Size;
                for (int x = 0; x < Side; x++, from += tap)
                    TileTransform<TVector>.Filter(TElement.Load(from), TElement.Load(from + Side * tap), TElement.Load(from + 2 * Side * tap), columns + x, Side);
                var to = (TVector*)(target + lane);
                for (int y = 0; y < Window; y++, to += Window * step)
                    TileTransform<TVector>.Filter(columns[Side * y], columns[Side * y + 1], columns[Side * y + 2], to, step);
            }
        }
    }
}
