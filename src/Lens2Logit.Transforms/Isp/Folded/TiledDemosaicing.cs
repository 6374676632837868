using Lens2Logit.Isp.Fused.Parametrized;
using Lens2Logit.Sensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>
/// Demosaicing by kernels of 3×3 over the zero-filled colours of a mosaic, as products of matrices, for images of one size.
/// </summary>
/// <remarks>
/// Of the three zero-filled colours most is zero. A tile of 4×4 sees a window of 6×6 pixels, each measured in one colour; only a repeated edge
/// takes its colour with it to where another is measured elsewhere. So the product runs over those pairs of pixel and colour (taps) that some
/// tile has, and gathers them from the mosaic; a tap that a tile has not is the zero behind the last pixel.
/// </remarks>
internal sealed class TiledDemosaicing : IDisposable
{
    private const int Size = 3, Radius = 1, TileSide = 4, WindowSide = TileSide + 2 * Radius;

    private readonly int _pixels, _taps;
    private readonly Tensor _sources, _measured, _measuredSources, _weightOfKernel, _phases, _tapPhases;

    public TiledDemosaicing(int height, int width, IspConvention convention, CfaPattern cfa, Tensor like)
    {
        Tiles = new(height, width, TileSide);
        _pixels = height * width;
        var sources = Sources(height, width, convention);
        var taps = Taps(sources, width, cfa);
        _taps = taps.Count;
        var gathered = Gathered(sources, taps, width, cfa);
        long[] measured = [.. gathered.Select((source, position) => (source, position)).Where(g => g.source < _pixels).Select(g => (long)g.position)];
        _sources = Index(gathered);
        _measured = Index(measured);
        _measuredSources = Index(Array.ConvertAll(measured, position => gathered[position]));
        _weightOfKernel = WeightOfKernel(taps).to(like.dtype).to(like.device).DetachFromDisposeScope();
        _tapPhases = Phases(width).index_select(0, tensor(gathered)).to(like.dtype).to(like.device).DetachFromDisposeScope();
        _phases = Phases(width).to(like.dtype).to(like.device).DetachFromDisposeScope();

        Tensor Index(long[] positions) => tensor(positions, device: like.device).DetachFromDisposeScope();
    }

    public ImageTiles Tiles { get; }

    /// <summary>Mosaics [N, H, W] minus black level [4] → [N·bands, taps, tiles].</summary>
    public Tensor Columns(Tensor raw, Tensor blackLevel)
    {
        var level = _phases.mv(blackLevel);
        var above = nn.functional.pad(raw.reshape(raw.shape[0], _pixels), [0, 1]).sub_(level);
        return above.index_select(1, _sources).view(raw.shape[0] * Tiles.Bands, _taps, Tiles.Count);
    }

    /// <summary>Kernels [C, 3·3·3] → the matrix [C·side², taps] that does the same to a tile.</summary>
    public Tensor Weights(Tensor kernels) => kernels.mm(_weightOfKernel).view(-1, _taps);

    /// <summary>[N·bands, C·side², tiles]: the channels of every tile.</summary>
    public static Tensor Channels(Tensor columns, Tensor weights) => weights.expand(columns.shape[0], -1, -1).bmm(columns);

    /// <summary>The gradient of the kernels [C, 3·3·3] from that of the channels.</summary>
    public Tensor KernelGradient(Tensor given, Tensor columns)
    {
        long channels = given.shape[1] / (TileSide * TileSide);
        return given.bmm(columns.transpose(1, 2)).sum(dim: 0).view(channels, -1).mm(_weightOfKernel.t());
    }

    /// <summary>The gradient of the mosaics [N, pixels] from that of the channels.</summary>
    public Tensor PixelGradient(Tensor given, Tensor weights)
    {
        long images = given.shape[0] / Tiles.Bands;
        // Without the taps that a tile has not: all of them would have to wait for one number.
        var ofMeasured = TapGradient(given, weights).view(images, -1).index_select(1, _measured);
        return zeros([images, _pixels], given.dtype, given.device).index_add_(1, _measuredSources, ofMeasured, KeptScalars.One);
    }

    /// <summary>The gradient of black level [4], the same in every image, from that of the channels.</summary>
    public Tensor BlackLevelGradient(Tensor given, Tensor weights)
    {
        var ofImages = given.view(-1, Tiles.Bands, given.shape[1], given.shape[2]).sum(dim: 0);
        return _tapPhases.t().mv(TapGradient(ofImages, weights).view(-1)).neg_();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var constant in new[] { _sources, _measured, _measuredSources, _weightOfKernel, _phases, _tapPhases })
            constant.Dispose();
    }

    /// <summary>[pixels + 1, 4]: one at a pixel's position in its 2×2 cell; zeros behind the last pixel.</summary>
    private Tensor Phases(int width)
    {
        var ones = new float[(_pixels + 1) * 4];
        for (int pixel = 0; pixel < _pixels; pixel++)
            ones[pixel * 4 + (pixel / width % 2 * 2 + pixel % width % 2)] = 1;
        return tensor(ones).view(-1, 4);
    }

    /// <summary>[window row, window column][band, row of tiles, tile]: the pixel that stands there, or −1 beyond what the kernels see.</summary>
    private int[][] Sources(int height, int width, IspConvention convention)
    {
        var sources = new int[WindowSide * WindowSide][];
        for (int place = 0; place < sources.Length; place++)
        {
            sources[place] = new int[Tiles.Bands * Tiles.Count];
            for (int tile = 0; tile < sources[place].Length; tile++)
            {
                int row = tile / Tiles.Columns * TileSide + place / WindowSide - Radius;
                int column = tile % Tiles.Columns * TileSide + place % WindowSide - Radius;
                sources[place][tile] = row < height + Radius && column < width + Radius
                    ? ConventionBorders.Inside(row, height, convention) * width + ConventionBorders.Inside(column, width, convention)
                    : -1;
            }
        }
        return sources;
    }

    private static Tensor TapGradient(Tensor given, Tensor weights) => weights.t().expand(given.shape[0], -1, -1).bmm(given);

    private static int ColorOf(int source, int width, CfaPattern cfa) => cfa.ChannelAt(source / width, source % width);

    private static List<(int Place, int Color)> Taps(int[][] sources, int width, CfaPattern cfa) =>
        [.. sources.SelectMany((tiles, place) => tiles.Where(s => s >= 0).Select(s => ColorOf(s, width, cfa)).Distinct().Order().Select(color => (place, color)))];

    private long[] Gathered(int[][] sources, List<(int Place, int Color)> taps, int width, CfaPattern cfa)
    {
        var gathered = new long[_taps * Tiles.Bands * Tiles.Count];
        for (int tap = 0; tap < _taps; tap++)
        {
            for (int tile = 0; tile < Tiles.Bands * Tiles.Count; tile++)
            {
                var (place, color) = taps[tap];
                int source = sources[place][tile], band = tile / Tiles.Count;
                gathered[(band * _taps + tap) * Tiles.Count + tile % Tiles.Count] = source >= 0 && ColorOf(source, width, cfa) == color ? source : _pixels;
            }
        }
        return gathered;
    }

    /// <summary>[3·3·3, side² · taps]: one where a tap is an element of the kernel away from a place in the tile.</summary>
    private static Tensor WeightOfKernel(List<(int Place, int Color)> taps)
    {
        var ones = new float[3 * Size * Size * TileSide * TileSide * taps.Count];
        for (int tap = 0; tap < taps.Count; tap++)
        {
            var (place, color) = taps[tap];
            for (int element = 0; element < Size * Size; element++)
            {
                int row = place / WindowSide - element / Size, column = place % WindowSide - element % Size;
                if (row is >= 0 and < TileSide && column is >= 0 and < TileSide)
                    ones[(((color * Size * Size + element) * TileSide + row) * TileSide + column) * taps.Count + tap] = 1;
            }
        }
        return tensor(ones).view(3 * Size * Size, -1);
    }
}
