namespace Lens2Logit.Networks.Winograd;

/// <summary>Images of [N, H, W, C] in memory, cut into tiles of 4×4 pixels; those at the right and lower edge may reach beyond it.</summary>
internal readonly record struct TileGrid(int Images, int Height, int Width)
{
    public const int Side = 4;

    private int Down => (Height + Side - 1) / Side;

    private int Across => (Width + Side - 1) / Side;

    public int Count => Images * Down * Across;

    /// <summary>Which part of the tiles' pixels lies in the images.</summary>
    public double Filled => (double)Images * Height * Width / (Count * (double)(Side * Side));

    /// <summary>
    /// Where the pixels of a tile begin, row by row, with a margin around it; <paramref name="outside"/> for those that are not in the image.
    /// </summary>
    /// <param name="tile">Its number.</param>
    /// <param name="margin">Pixels on each side.</param>
    /// <param name="images">The first image.</param>
    /// <param name="pixel">Bytes of a pixel.</param>
    /// <param name="outside">As many bytes as a pixel has.</param>
    /// <param name="pixels">Receives (4 + 2·margin)² addresses.</param>
    public unsafe void Locate(int tile, int margin, byte* images, nint pixel, byte* outside, byte** pixels)
    {
        int top = (tile / Across % Down * Side) - margin, left = (tile % Across * Side) - margin, side = Side + (2 * margin);
        byte* row = images + (((nint)(tile / (Across * Down)) * Height + top) * Width + left) * pixel;
        for (int y = top; y < top + side; y++, row += Width * pixel)
        {
            byte* at = row;
            for (int x = left; x < left + side; x++, at += pixel)
                *pixels++ = (uint)y < (uint)Height && (uint)x < (uint)Width ? at : outside;
        }
    }
}
