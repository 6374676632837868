using Lens2Logit.Isp.Fused.Parametrized;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>Pads planes of one size with the pixels that stand for those beyond the border, and takes gradients back to them.</summary>
internal sealed class BorderPixels : IDisposable
{
    private readonly int _height, _width, _radius;
    private readonly Tensor _inside;
    private readonly List<(Tensor Ring, Tensor Sources)> _rounds = [];

    public BorderPixels(int height, int width, int radius, IspConvention convention, Device device)
    {
        (_height, _width, _radius) = (height, width, radius);
        var sources = new List<long>();
        var inside = new List<long>();
        var ring = new List<(long Position, long Source)>();
        for (int row = -radius; row < height + radius; row++)
        {
            for (int column = -radius; column < width + radius; column++)
            {
                long source = (long)ConventionBorders.Inside(row, height, convention) * width + ConventionBorders.Inside(column, width, convention);
                if (row >= 0 && row < height && column >= 0 && column < width)
                {
                    inside.Add(sources.Count);
                }
                else
                {
                    ring.Add((sources.Count, source));
                }
                sources.Add(source);
            }
        }
        Sources = Index(sources);
        _inside = Index(inside);
        // Every round adds to a pixel once, so that the order of the sums is fixed on every device.
        foreach (var round in ring.GroupBy(r => r.Source).SelectMany(pixel => pixel.Index()).GroupBy(r => r.Index, r => r.Item))
            _rounds.Add((Index(round.Select(r => r.Position)), Index(round.Select(r => r.Source))));

        Tensor Index(IEnumerable<long> positions) => tensor(positions.ToArray(), device: device).DetachFromDisposeScope();
    }

    /// <summary>For every pixel of a padded plane the one that stands there.</summary>
    public Tensor Sources { get; }

    /// <summary>[N, 1, H, W] → [N, 1, H + 2·radius, W + 2·radius].</summary>
    public Tensor Padded(Tensor plane) =>
        plane.view(plane.shape[0], -1).index_select(1, Sources).view(plane.shape[0], 1, _height + 2 * _radius, _width + 2 * _radius);

    /// <summary>The gradient of a plane [N, 1, H, W] from that of the padded one.</summary>
    public Tensor Folded(Tensor padded)
    {
        var flat = padded.view(padded.shape[0], -1);
        var folded = flat.index_select(1, _inside);
        foreach (var (ring, sources) in _rounds)
            folded.index_add_(1, sources, flat.index_select(1, ring), KeptScalars.One);
        return folded.view(padded.shape[0], 1, _height, _width);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var index in _rounds.SelectMany(round => new[] { round.Ring, round.Sources }).Append(_inside).Append(Sources))
            index.Dispose();
    }
}
