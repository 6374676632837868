namespace Lens2Logit.Sensors;

/// <summary>
/// The colour filter array of a sensor. The Bayer patterns are named after their 2×2 cell read row by row: <see cref="Rggb"/> has
/// red at even rows and even columns, and blue at odd rows and odd columns. <see cref="Monochrome"/> has no filters.
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

    /// <summary>
    /// No colour filters: every pixel sees all of the light. Its raw images hold no colour, so the ISPs, which develop colour, refuse
    /// it. How it reads a scene of three channels: <see cref="MeasurementSampler"/>.
    /// </summary>
    Monochrome,
}

/// <summary>Which colour a <see cref="CfaPattern"/> sees where.</summary>
public static class CfaPatternExtensions
{
    // Channel (0 red, 1 green, 2 blue) at the four positions of the cell, row by row.
    private static readonly byte[][] Cells = [[0, 1, 1, 2], [2, 1, 1, 0], [1, 0, 2, 1], [1, 2, 0, 1]];

    /// <summary>Whether this is one of the four Bayer patterns, and so has a colour at each pixel.</summary>
    /// <param name="pattern">The colour filter array.</param>
    public static bool IsBayer(this CfaPattern pattern) => (uint)pattern < (uint)Cells.Length;

    /// <summary>The colour channel measured at a pixel: 0 red, 1 green, 2 blue.</summary>
    /// <param name="pattern">The colour filter array, a Bayer pattern.</param>
    /// <param name="row">Row of the pixel, from 0.</param>
    /// <param name="column">Column of the pixel, from 0.</param>
    /// <exception cref="ArgumentException">The pattern is <see cref="CfaPattern.Monochrome"/>: its pixels have no colour.</exception>
    public static int ChannelAt(this CfaPattern pattern, int row, int column) => pattern.Cell()[((row & 1) << 1) | (column & 1)];

    /// <summary>The channels (0 red, 1 green, 2 blue) of the 2×2 cell, row by row.</summary>
    /// <param name="pattern">The colour filter array, a Bayer pattern.</param>
    /// <exception cref="ArgumentException">The pattern is <see cref="CfaPattern.Monochrome"/>: its pixels have no colour.</exception>
    public static ReadOnlySpan<byte> Cell(this CfaPattern pattern)
    {
        pattern.RequireBayer("The colour of a pixel");
        return Cells[(int)pattern];
    }

    /// <summary>The position (row·2 + column) of red (<paramref name="channel"/> 0) or blue (2) in the 2×2 cell.</summary>
    internal static int PositionOf(this CfaPattern pattern, int channel) => pattern.Cell().IndexOf((byte)channel);

    /// <summary>Refuses patterns without colour.</summary>
    /// <param name="pattern">The colour filter array.</param>
    /// <param name="what">What needs colour, as the beginning of a sentence.</param>
    /// <exception cref="ArgumentException">The pattern is not a Bayer pattern; the message names it and those that are.</exception>
    internal static void RequireBayer(this CfaPattern pattern, string what)
    {
        if (!pattern.IsBayer())
        {
            throw new ArgumentException($"{what} needs a Bayer mosaic (Rggb, Bggr, Grbg or Gbrg); found {pattern}.");
        }
    }
}
