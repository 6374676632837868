using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>
/// An image cut into square tiles, a row of a matrix for every place in a tile and a column for every tile: small convolutions and their
/// gradients are then products of matrices, which a GPU computes faster than convolutions of one or three channels. Images are cut
/// into bands of tiles too, so that a batch has enough products to fill the device. What the last tiles have beyond the image is zero.
/// </summary>
internal sealed class ImageTiles(int height, int width, int side)
{
    private const int MostBands = 4;

    public int Side => side;

    public int Bands => Rows % MostBands == 0 ? MostBands : 1;

    public int RowsOfBand => Rows / Bands;

    public int Columns => (width + side - 1) / side;

    /// <summary>Tiles of a band.</summary>
    public int Count => RowsOfBand * Columns;

    private int Rows => (height + side - 1) / side;

    private bool AreWhole => height % side == 0 && width % side == 0;

    /// <summary>[N, C, H, W] → [N, C, band, row of tiles, row, tile, column]: without a copy where the tiles end with the image.</summary>
    public Tensor Cut(Tensor image)
    {
        var whole = AreWhole ? image : nn.functional.pad(image, [0, Columns * side - width, 0, Rows * side - height]);
        return whole.view(image.shape[0], image.shape[1], Bands, RowsOfBand, side, Columns, side);
    }

    /// <summary>[N, C, H, W] → [N·bands, C·side², tiles].</summary>
    public Tensor Matrices(Tensor image) => Cut(image).permute(0, 2, 1, 4, 6, 3, 5).reshape(image.shape[0] * Bands, image.shape[1] * side * side, Count);

    /// <summary>[N·bands, C·side², tiles] → what <see cref="Cut"/> gives, as a view.</summary>
    public Tensor Images(Tensor matrices) =>
        matrices.view(matrices.shape[0] / Bands, Bands, matrices.shape[1] / (side * side), side, side, RowsOfBand, Columns).permute(0, 2, 1, 5, 3, 6, 4);

    /// <summary>What <see cref="Cut"/> gives → [N, C, H, W].</summary>
    public Tensor Joined(Tensor cut)
    {
        var whole = cut.reshape(cut.shape[0], cut.shape[1], Rows * side, Columns * side);
        return (AreWhole ? whole : whole.narrow(2, 0, height).narrow(3, 0, width)).contiguous();
    }
}
