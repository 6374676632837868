namespace Lens2Logit.MLNet.Data.Tiling;

/// <summary>A tile of a frame.</summary>
public sealed record FrameTile
{
    /// <summary>File name without extension: the frame's number in two digits, an underscore, the tile's number among those kept in five.</summary>
    public required string Name { get; init; }

    /// <summary>First row in the frame.</summary>
    public required int Top { get; init; }

    /// <summary>First column in the frame.</summary>
    public required int Left { get; init; }

    /// <summary>Share of the tile that the mask marks, in [0, 1].</summary>
    public required double Coverage { get; init; }
}
