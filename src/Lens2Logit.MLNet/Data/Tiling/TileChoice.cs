using Lens2Logit.MLNet.Data.Sampling;

namespace Lens2Logit.MLNet.Data.Tiling;

/// <summary>Which tiles of one frame are kept, and in which order they are numbered.</summary>
internal static class TileChoice
{
    /// <param name="coverage">Share of each tile that the mask marks.</param>
    /// <param name="options">The rule.</param>
    /// <returns>Indices of tiles: in order; balanced, first those with an object, then those without.</returns>
    public static IReadOnlyList<int> Of(IReadOnlyList<double> coverage, FrameTilingOptions options)
    {
        var all = Enumerable.Range(0, coverage.Count);
        return options.Selection switch
        {
            TileSelection.All => [.. all],
            TileSelection.WithObject => [.. all.Where(i => coverage[i] > 0)],
            _ => Balanced([.. all.Where(i => coverage[i] > options.Threshold)], [.. all.Where(i => coverage[i] == 0)], (uint)options.Seed),
        };
    }

    private static IReadOnlyList<int> Balanced(int[] with, int[] without, uint seed)
    {
        int count = Math.Min(with.Length, without.Length);
        var random = MersenneTwister.Python(seed);
        return [.. Kept(with), .. Kept(without)];

        // Shuffles, drops the first and restores the order, as the paper's code does; only the more frequent kind is shuffled.
        IEnumerable<int> Kept(int[] tiles)
        {
            if (tiles.Length == count)
                return tiles;
            int[] shuffled = [.. tiles];
            random.PythonShuffle(shuffled);
            return shuffled.Skip(tiles.Length - count).Order();
        }
    }
}
