using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Networks.Winograd;

/// <summary>Transforms tiles of images to their 36 positions and back, a vector of channels at a time.</summary>
internal static unsafe class TileRows<TVector, TElement>
    where TVector : unmanaged, ISimdWords<TVector>
    where TElement : struct, IElement<TVector>
{
    private const int Side = TileGrid.Side, Window = 6, Positions = TileLayout.Positions;

    /// <summary>Bᵀ·d·B of the window of 6×6 pixels around each tile.</summary>
    /// <param name="grid">The tiles.</param>
    /// <param name="images">Their images.</param>
    /// <param name="channels">Their channels.</param>
    /// <param name="tiles">Which of them.</param>
    /// <param name="zeros">A pixel of zeros.</param>
    /// <param name="target">Where the first of these tiles goes.</param>
    /// <param name="layout">How they lie there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformInput(TileGrid grid, byte* images, int channels, Range tiles, byte* zeros, float* target, TileLayout layout)
    {
        byte** pixels = stackalloc byte*[Positions];
        float* memory = stackalloc float[SimdLimits.MaximumLanes * (Positions + 1)];
        var columns = (TVector*)SimdLimits.Align(memory);
        nint step = layout.PositionStride / TVector.Lanes;
        for (int tile = tiles.Start.Value; tile < tiles.End.Value; tile++, target += layout.TileStride)
        {
            grid.Locate(tile, 1, images, (nint)channels * TElement.Size, zeros, pixels);
            for (int channel = 0; channel < channels; channel += TVector.Lanes)
            {
                nint offset = (nint)channel * TElement.Size;
                for (int x = 0; x < Window; x++)
                {
                    TileTransform<TVector>.Input(
                        TElement.Load(pixels[x] + offset), TElement.Load(pixels[x + 6] + offset), TElement.Load(pixels[x + 12] + offset),
                        TElement.Load(pixels[x + 18] + offset), TElement.Load(pixels[x + 24] + offset), TElement.Load(pixels[x + 30] + offset), columns + x, Window);
                }
                var to = (TVector*)(target + channel / TileLayout.Group * layout.GroupStride + channel % TileLayout.Group);
                for (int y = 0; y < Window; y++, to += Window * step)
                {
                    var from = columns + Window * y;
                    TileTransform<TVector>.Input(from[0], from[1], from[2], from[3], from[4], from[5], to, step);
                }
            }
        }
    }

    /// <summary>A·g·Aᵀ of the 4×4 gradients of each tile; otherwise as <see cref="TransformInput"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformOutputGradient(TileGrid grid, byte* images, int channels, Range tiles, byte* zeros, float* target, TileLayout layout)
    {
        byte** pixels = stackalloc byte*[Side * Side];
        float* memory = stackalloc float[SimdLimits.MaximumLanes * (Window * Side + 1)];
        var columns = (TVector*)SimdLimits.Align(memory);
        nint step = layout.PositionStride / TVector.Lanes;
        for (int tile = tiles.Start.Value; tile < tiles.End.Value; tile++, target += layout.TileStride)
        {
            grid.Locate(tile, 0, images, (nint)channels * TElement.Size, zeros, pixels);
            for (int channel = 0; channel < channels; channel += TVector.Lanes)
            {
                nint offset = (nint)channel * TElement.Size;
                for (int x = 0; x < Side; x++)
                {
                    TileTransform<TVector>.OutputGradient(
                        TElement.Load(pixels[x] + offset), TElement.Load(pixels[x + 4] + offset), TElement.Load(pixels[x + 8] + offset), TElement.Load(pixels[x + 12] + offset), columns + x, Side);
                }
                var to = (TVector*)(target + channel / TileLayout.Group * layout.GroupStride + channel % TileLayout.Group);
                for (int y = 0; y < Window; y++, to += Window * step)
                {
                    var from = columns + Side * y;
                    TileTransform<TVector>.OutputGradient(from[0], from[1], from[2], from[3], to, step);
                }
            }
        }
    }

    /// <summary>Aᵀ·m·A of one group of channels of each tile.</summary>
    /// <param name="source">The first of these tiles.</param>
    /// <param name="layout">How they lie there.</param>
    /// <param name="grid">The tiles.</param>
    /// <param name="images">Receives their pixels, at the group's first channel.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="tiles">Which of them.</param>
    /// <param name="outside">A pixel that nobody reads.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformOutput(float* source, TileLayout layout, TileGrid grid, byte* images, int channels, Range tiles, byte* outside)
    {
        byte** pixels = stackalloc byte*[Side * Side];
        float* memory = stackalloc float[SimdLimits.MaximumLanes * (Window * Side + Side + 1)];
        TVector* columns = (TVector*)SimdLimits.Align(memory), row = columns + Window * Side;
        nint step = layout.PositionStride / TVector.Lanes;
        for (int tile = tiles.Start.Value; tile < tiles.End.Value; tile++, source += layout.TileStride)
        {
            grid.Locate(tile, 0, images, (nint)channels * TElement.Size, outside, pixels);
            for (int channel = 0; channel < TileLayout.Group; channel += TVector.Lanes)
            {
                nint offset = (nint)channel * TElement.Size;
                var from = (TVector*)(source + channel);
                for (int x = 0; x < Window; x++, from += step)
                    TileTransform<TVector>.Output(from[0], from[6 * step], from[12 * step], from[18 * step], from[24 * step], from[30 * step], columns + x, Window);
                for (int y = 0; y < Side; y++)
                {
                    var line = columns + Window * y;
                    TileTransform<TVector>.Output(line[0], line[1], line[2], line[3], line[4], line[5], row, 1);
                    for (int x = 0; x < Side; x++)
                        TElement.Store(row[x], pixels[Side * y + x] + offset);
                }
            }
        }
    }
}
