namespace Lens2Logit.MLNet.Data.Tiling;

/// <summary>Which tiles of a frame are kept.</summary>
public enum TileSelection
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Those in which the mask marks anything.</summary>
    WithObject,

    /// <summary>
    /// From each frame as many with an object as without. Tiles in which the mask marks something, but no more than
    /// <see cref="FrameTilingOptions.Threshold"/>, count as neither; of the more frequent kind some are left out by lot.
    /// </summary>
    Balanced,
}

/// <summary>How frames are cut into tiles.</summary>
public sealed record FrameTilingOptions
{
    /// <summary>Rows and columns of a tile, an even number so that every tile begins with the same colour; at least 2. Default 256. What is left at the right and the bottom is dropped.</summary>
    public int TileSize { get; init; } = 256;

    /// <summary>Which tiles are kept. Default those with an object.</summary>
    public TileSelection Selection { get; init; } = TileSelection.WithObject;

    /// <summary>Share of a tile, in [0, 1), above which it counts as one with an object when tiles are balanced. Default 0.01, as in the paper.</summary>
    public double Threshold { get; init; } = 0.01;

    /// <summary>Seed of the lot when tiles are balanced, at least 0; used anew for each frame. Default 72, as in the paper, and the same tiles are drawn as by its Python code.</summary>
    public int Seed { get; init; } = 72;

    internal void Validate()
    {
        if (TileSize < 2 || TileSize % 2 != 0)
            throw new ArgumentOutOfRangeException(nameof(TileSize), TileSize, $"{nameof(TileSize)} is {TileSize}; expected an even number, at least 2.");
        if (!Enum.IsDefined(Selection))
            throw new ArgumentOutOfRangeException(nameof(Selection), Selection, $"{nameof(Selection)} is {Selection}; expected one of {string.Join(", ", Enum.GetNames<TileSelection>())}.");
        if (!(Threshold >= 0 && Threshold < 1))
            throw new ArgumentOutOfRangeException(nameof(Threshold), Threshold, $"{nameof(Threshold)} is {Threshold}; expected at least 0 and below 1.");
        ArgumentOutOfRangeException.ThrowIfNegative(Seed);
    }
}
