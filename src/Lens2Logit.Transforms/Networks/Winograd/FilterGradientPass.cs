using Lens2Logit.Native;
using Lens2Logit.Simd;
using Lens2Logit.Threading;

namespace Lens2Logit.Networks.Winograd;

/// <summary>
/// The gradient of filters [outputs, 3, 3, inputs]: at each position the sum, over all tiles, of the products of the result's gradient and the image.
/// </summary>
internal sealed unsafe class FilterGradientPass<TVector, TElement>(TileGrid grid, int inputs, int outputs, int threads)
    where TVector : unmanaged, ISimdWords<TVector>
    where TElement : struct, IElement<TVector>
{
    private const int TilesPerBlock = 32;

    // Both sides of a product stay in the smallest cache.
    private const int TilesPerProduct = 64;

    private const int Group = TileLayout.Group, Positions = TileLayout.Positions;

    // Tiles are transformed in parts that stay in the cache that cores share.
    private readonly int _parts = (int)Math.Min((TileLayout.Length(grid.Count, inputs + outputs) + TileLayout.SharedCache - 1) / TileLayout.SharedCache, grid.Count);

    private long FloatsOfSums => Positions * TileLayout.FilterStride(outputs);

    /// <param name="images">[N, H, W, inputs].</param>
    /// <param name="gradient">That of the result [N, H, W, outputs].</param>
    /// <param name="result">Receives [outputs, 3, 3, inputs].</param>
    public void Run(byte* images, byte* gradient, byte* result)
    {
        int most = (grid.Count + _parts - 1) / _parts, groups = inputs / Group;
        using PooledMemory memory = new(TileLayout.Length(most, inputs + outputs)), zeros = PooledMemory.Zeros(Math.Max(inputs, outputs));
        var tiles = new Part(memory.Start, memory.Start + TileLayout.Length(most, inputs), TileLayout.ByGroup(most)) { First = 0, Count = most };
        byte* outside = (byte*)zeros.Start;
        if (_parts == 1 && groups >= threads)
        {
            Workers.InPhases(Team.Torch, threads, Transform(images, gradient, tiles, outside), new Phase(groups, group =>
            {
                using var sums = new PooledMemory(FloatsOfSums);
                for (int position = 0; position < Positions; position++)
                    Sum(tiles, group, position, sums.Start);
                FilterRows<TVector, TElement>.TransformGradient(sums.Start, outputs, inputs, group, result);
            }));
            return;
        }
        using var all = new PooledMemory(groups * FloatsOfSums);
        float* total = all.Start;
        var phases = new List<Phase>();
        for (int first = 0; first < grid.Count; first += most)
        {
            var part = tiles with { First = first, Count = Math.Min(most, grid.Count - first) };
            phases.Add(Transform(images, gradient, part, outside));
            phases.Add(new(groups * Positions, product => Sum(part, product / Positions, product % Positions, total + product / Positions * FloatsOfSums)));
        }
        phases.Add(new(groups, group => FilterRows<TVector, TElement>.TransformGradient(total + group * FloatsOfSums, outputs, inputs, group, result)));
        Workers.InPhases(Team.Torch, threads, [.. phases]);
    }

    private Phase Transform(byte* images, byte* gradient, Part part, byte* zeros) => new((part.Count + TilesPerBlock - 1) / TilesPerBlock, block =>
    {
        int begin = block * TilesPerBlock, end = Math.Min(begin + TilesPerBlock, part.Count);
        var tiles = (part.First + begin)..(part.First + end);
        nint offset = begin * part.Layout.TileStride;
        TileRows<TVector, TElement>.TransformInput(grid, images, inputs, tiles, zeros, part.Images + offset, part.Layout);
        TileRows<TVector, TElement>.TransformOutputGradient(grid, gradient, outputs, tiles, zeros, part.Gradients + offset, part.Layout);
    });

    // Rows are filters, columns a group of their inputs. The first part begins the sum, the others add to it.
    private void Sum(Part part, int group, int position, float* sums)
    {
        var layout = part.Layout;
        float* gradients = part.Gradients + position * layout.PositionStride, images = part.Images + group * layout.GroupStride + position * layout.PositionStride;
        float* sum = sums + position * TileLayout.FilterStride(outputs);
        for (int begin = 0; begin < part.Count; begin += TilesPerProduct)
        {
            nint offset = begin * layout.TileStride;
            for (int rows = 0; rows < outputs; rows += Group)
            {
                GroupProduct<TVector>.Multiply(gradients + rows / Group * layout.GroupStride + offset, 1, layout.TileStride, images + offset, Group,
                    Math.Min(TilesPerProduct, part.Count - begin), sum + (nint)rows * Group, adds: part.First + begin > 0);
            }
        }
    }

    /// <summary>Some tiles, transformed.</summary>
    private readonly struct Part(float* images, float* gradients, TileLayout layout)
    {
        public float* Images => images;

        public float* Gradients => gradients;

        public TileLayout Layout => layout;

        public required int First { get; init; }

        public required int Count { get; init; }
    }
}
