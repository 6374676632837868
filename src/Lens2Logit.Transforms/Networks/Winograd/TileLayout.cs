namespace Lens2Logit.Networks.Winograd;

/// <summary>
/// Where transformed tiles lie, in floats. Their channels come in groups of <see cref="Group"/>, which lie together; the 36 values of a tile and
/// channel, its positions, lie apart, because each takes part in another matrix product.
/// </summary>
/// <param name="GroupStride">From a group of channels to the next.</param>
/// <param name="PositionStride">From a position to the next.</param>
/// <param name="TileStride">From a tile to the next.</param>
internal readonly record struct TileLayout(nint GroupStride, nint PositionStride, nint TileStride)
{
    /// <summary>Channels of a group: as many as two of the widest vectors have lanes.</summary>
    public const int Group = 32;

    /// <summary>Positions of a tile.</summary>
    public const int Positions = 36;

    /// <summary>Floats that the cache which cores share holds beside other things: 12 MiB.</summary>
    public const int SharedCache = 3 << 20;

    /// <summary>Every tile with all its channels in a row: what a product sums over is contiguous.</summary>
    public static TileLayout ByTile(int tiles, int channels) => new(Group, Apart(tiles * (nint)channels), channels);

    /// <summary>Every group apart.</summary>
    public static TileLayout ByGroup(int tiles) => new(Positions * Apart(tiles * Group), Apart(tiles * Group), Group);

    /// <summary>Floats of so many tiles and channels, in either layout.</summary>
    public static long Length(int tiles, int channels) => Positions * Apart(tiles * Group) * channels / Group;

    /// <summary>Floats from a position of a group of filters to the next, each with so many rows of <see cref="Group"/>.</summary>
    public static nint FilterStride(int rows) => Apart(rows * Group);

    // Two lines of the cache more: positions a power of two apart would share a few lines.
    private static nint Apart(nint floats) => floats + Group;
}
