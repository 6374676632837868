using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>A convolution of one plane with a small kernel, and its gradients, for images of one size.</summary>
/// <remarks>
/// The images of a batch are the channels of one image, each convolved on its own: torch has better kernels for that than for one channel.
/// The gradient of the kernel is a product of matrices: the given gradient in tiles, and the windows that each tile sees.
/// </remarks>
internal sealed class LumaFilter : IDisposable
{
    // The smaller the tile, the more windows overlap; the larger, the more of the product is thrown away.
    private const int TileSide = 8;

    private readonly int _height, _width, _radius;
    private readonly ImageTiles _tiles;
    private readonly Tensor _windows, _kernelOfProduct;
    private readonly BorderPixels? _border;

    /// <param name="height">Rows of the images.</param>
    /// <param name="width">Their columns.</param>
    /// <param name="radius">The kernel has 2·radius + 1 rows and columns.</param>
    /// <param name="convention">Which pixels stand for those beyond the border; null for zeros.</param>
    /// <param name="like">A tensor of the type and device to compute with.</param>
    public LumaFilter(int height, int width, int radius, IspConvention? convention, Tensor like)
    {
        (_height, _width, _radius, _tiles) = (height, width, radius, new(height, width, TileSide));
        _border = convention is { } border ? new(height, width, radius, border, like.device) : null;
        var windows = Windows().to(like.device);
        // What pads a plane pads its windows.
        _windows = (_border?.Sources.index_select(0, windows) ?? windows).DetachFromDisposeScope();
        _kernelOfProduct = KernelOfProduct().to(like.dtype).to(like.device).DetachFromDisposeScope();
    }

    private int Size => 2 * _radius + 1;

    private int WindowSide => TileSide + 2 * _radius;

    /// <summary>Convolves a plane [N, 1, H, W] with a kernel [1, 1, size, size].</summary>
    public Tensor Filtered(Tensor plane, Tensor kernel) =>
        _border is null ? PlaneByPlane(plane, kernel, _radius) : PlaneByPlane(_border.Padded(plane), kernel, 0);

    /// <summary>The gradient of the plane from that of the filtered one, both [N, 1, H, W].</summary>
    public Tensor PlaneGradient(Tensor given, Tensor kernel)
    {
        var flipped = kernel.flip(2, 3);
        return _border is null ? PlaneByPlane(given, flipped, _radius) : _border.Folded(PlaneByPlane(given, flipped, 2 * _radius));
    }

    /// <summary>The gradient of the kernel [1, 1, size, size] from that of the filtered plane and the one that was filtered.</summary>
    public Tensor KernelGradient(Tensor given, Tensor plane)
    {
        long images = given.shape[0];
        var source = _border is null ? nn.functional.pad(plane, [_radius, _radius, _radius, _radius]) : plane;
        var windows = source.view(images, -1).index_select(1, _windows).view(images * _tiles.Bands, WindowSide * WindowSide, _tiles.Count);
        var product = _tiles.Matrices(given).bmm(windows.transpose(1, 2)).sum(dim: 0);
        return product.view(1, -1).mm(_kernelOfProduct).view(1, 1, Size, Size);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _windows.Dispose();
        _kernelOfProduct.Dispose();
        _border?.Dispose();
    }

    private static Tensor PlaneByPlane(Tensor planes, Tensor kernel, long padding)
    {
        long images = planes.shape[0], size = kernel.shape[2];
        var filtered = nn.functional.conv2d(
            planes.view(1, images, planes.shape[2], planes.shape[3]), kernel.expand(images, 1, size, size), padding: [padding, padding], groups: images);
        return filtered.view(images, 1, filtered.shape[2], filtered.shape[3]);
    }

    /// <summary>Where in a padded plane the elements of the windows are. Any pixel serves beyond the image: the given gradient is zero there.</summary>
    private Tensor Windows()
    {
        int rows = _height + 2 * _radius, columns = _width + 2 * _radius, places = WindowSide * WindowSide;
        var windows = new long[_tiles.Bands * places * _tiles.Count];
        for (int i = 0; i < windows.Length; i++)
        {
            int tile = i / _tiles.Count / places * _tiles.Count + i % _tiles.Count, place = i / _tiles.Count % places;
            int row = tile / _tiles.Columns * TileSide + place / WindowSide, column = tile % _tiles.Columns * TileSide + place % WindowSide;
            windows[i] = (long)Math.Min(row, rows - 1) * columns + Math.Min(column, columns - 1);
        }
        return tensor(windows);
    }

    /// <summary>[side² · window², size²]: one where the place in a tile and the place in its window are an element of the kernel apart.</summary>
    private Tensor KernelOfProduct()
    {
        var ones = new float[TileSide * TileSide * WindowSide * WindowSide * Size * Size];
        for (int place = 0; place < TileSide * TileSide; place++)
        {
            for (int tap = 0; tap < Size * Size; tap++)
            {
                int row = place / TileSide + tap / Size, column = place % TileSide + tap % Size;
                ones[((place * WindowSide + row) * WindowSide + column) * Size * Size + tap] = 1;
            }
        }
        return tensor(ones).view(-1, Size * Size);
    }
}
