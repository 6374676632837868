namespace Lens2Logit.Sensors;

/// <summary>
/// The colour filter array of a Bayer sensor, named after its 2×2 cell read row by row: <see cref="Rggb"/> has red at even
/// rows and even columns, and blue at odd rows and odd columns.
/// </summary>
public enum CfaPattern
{
    /// <summary>Red green / green blue.</summary>
    Rggb,

    /// <summary>Blue green / green red.</summary>
    Bggr,

    /// <summary>Green red / blue green.</summary>
    Grbg,

    /// <summary>Green blue / red green.</summary>
    Gbrg,
}

/// <summary>Which colour a <see cref="CfaPattern"/> sees where.</summary>
public static class CfaPatternExtensions
{
    // Channel (0 red, 1 green, 2 blue) at the four positions of the cell, row by row.
    private static readonly byte[][] Cells = [[0, 1, 1, 2], [2, 1, 1, 0], [1, 0, 2, 1], [1, 2, 0, 1]];

    /// <summary>The colour channel measured at a pixel: 0 red, 1 green, 2 blue.</summary>
    /// <param name="pattern">The colour filter array.</param>
    /// <param name="row">Row of the pixel, from 0.</param>
    /// <param name="column">Column of the pixel, from 0.</param>
    public static int ChannelAt(this CfaPattern pattern, int row, int column) => Cells[(int)pattern][((row & 1) << 1) | (column & 1)];

    /// <summary>The channels (0 red, 1 green, 2 blue) of the 2×2 cell, row by row.</summary>
    /// <param name="pattern">The colour filter array.</param>
    public static ReadOnlySpan<byte> Cell(this CfaPattern pattern) => Cells[(int)pattern];

    /// <summary>The position (row·2 + column) of red (<paramref name="channel"/> 0) or blue (2) in the 2×2 cell.</summary>
    internal static int PositionOf(this CfaPattern pattern, int channel) => Array.IndexOf(Cells[(int)pattern], (byte)channel);
}
