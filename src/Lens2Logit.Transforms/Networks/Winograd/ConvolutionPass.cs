using Lens2Logit.Native;
using Lens2Logit.Simd;
using Lens2Logit.Threading;

namespace Lens2Logit.Networks.Winograd;

/// <summary>Convolves images [N, H, W, depth] with filters that sum over depth, to [N, H, W, width].</summary>
internal sealed unsafe class ConvolutionPass<TVector, TElement>(TileGrid grid, int depth, int width, int threads)
    where TVector : unmanaged, ISimdWords<TVector>
    where TElement : struct, IElement<TVector>
{
    // Tiles and products of a block stay in a core's own cache.
    private const int TilesPerBlock = 32;

    private const int Group = TileLayout.Group, Positions = TileLayout.Positions;

    private static readonly TileLayout Products = TileLayout.ByGroup(TilesPerBlock);

    private readonly int _groups = width / Group, _blocks = (grid.Count + TilesPerBlock - 1) / TilesPerBlock;

    private long FloatsOfFilters => Positions * TileLayout.FilterStride(depth);

    private static long FloatsOfProducts => TileLayout.Length(TilesPerBlock, Group);

    /// <param name="images">[N, H, W, depth].</param>
    /// <param name="transform">Transforms a group of filters to an address.</param>
    /// <param name="result">Receives [N, H, W, width].</param>
    public void Run(byte* images, Action<int, nint> transform, byte* result)
    {
        using PooledMemory zeros = PooledMemory.Zeros(depth), unread = new(width);
        // What is small is transformed at once; the other in parts that stay in the caches.
        if (_groups >= threads && TileLayout.Length(grid.Count, depth) <= TileLayout.SharedCache)
            RunByGroup(images, transform, result, (byte*)zeros.Start, (byte*)unread.Start);
        else
            RunByBlock(images, transform, result, (byte*)zeros.Start, (byte*)unread.Start);
    }

    private void RunByBlock(byte* images, Action<int, nint> transform, byte* result, byte* zeros, byte* unread)
    {
        using var transformed = new PooledMemory(_groups * FloatsOfFilters);
        float* filters = transformed.Start;
        var layout = TileLayout.ByTile(TilesPerBlock, depth);
        Workers.InPhases(
            Team.Torch,
            threads,
            new Phase(_groups, group => transform(group, (nint)(filters + group * FloatsOfFilters))),
            new Phase(_blocks, block =>
            {
                using PooledMemory tiles = new(TileLayout.Length(TilesPerBlock, depth)), products = new(FloatsOfProducts);
                TileRows<TVector, TElement>.TransformInput(grid, images, depth, Tiles(block), zeros, tiles.Start, layout);
                for (int group = 0; group < _groups; group++)
                    Multiply(tiles.Start, layout, filters + group * FloatsOfFilters, products.Start, Tiles(block), group, result, unread);
            }));
    }

    private void RunByGroup(byte* images, Action<int, nint> transform, byte* result, byte* zeros, byte* unread)
    {
        using var transformed = new PooledMemory(TileLayout.Length(grid.Count, depth));
        float* tiles = transformed.Start;
        var layout = TileLayout.ByTile(grid.Count, depth);
        Workers.InPhases(
            Team.Torch,
            threads,
            new Phase(_blocks, block => TileRows<TVector, TElement>.TransformInput(
                grid, images, depth, Tiles(block), zeros, tiles + Tiles(block).Start.Value * layout.TileStride, layout)),
            new Phase(_groups, group =>
            {
                using PooledMemory filters = new(FloatsOfFilters), products = new(FloatsOfProducts);
                transform(group, (nint)filters.Start);
                for (int block = 0; block < _blocks; block++)
                    Multiply(tiles + Tiles(block).Start.Value * layout.TileStride, layout, filters.Start, products.Start, Tiles(block), group, result, unread);
            }));
    }

    private void Multiply(float* tiles, TileLayout layout, float* filters, float* products, Range block, int group, byte* result, byte* unread)
    {
        for (int position = 0; position < Positions; position++)
        {
            GroupProduct<TVector>.Multiply(tiles + position * layout.PositionStride, layout.TileStride, 1, filters + position * TileLayout.FilterStride(depth),
                block.End.Value - block.Start.Value, depth, products + position * Products.PositionStride, adds: false);
        }
        TileRows<TVector, TElement>.TransformOutput(products, Products, grid, result + (nint)group * Group * TElement.Size, width, block, unread);
    }

    private Range Tiles(int block) => (int)((long)grid.Count * block / _blocks)..(int)((long)grid.Count * (block + 1) / _blocks);
}
