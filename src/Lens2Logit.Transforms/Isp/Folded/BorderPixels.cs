using Lens2Logit.Isp.Fused.Parametrized;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>Pads planes of one size with the pixels that stand for those beyond the border, and takes gradients back to them.</summary>
internal sealed class BorderPixels : IDisposable
{
    private readonly int _height, _width, _radius;
    private readonly Tensor _inside, _ring, _ringSources;

    public BorderPixels(int height, int width, int radius, IspConvention convention, Device device)
    {
        (_height, _width, _radius) = (height, width, radius);
        var sources = new List<long>();
        List<long> inside = [], ring = [], ringSources = [];
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
                    ring.Add(sources.Count);
                    ringSources.Add(source);
                }
                sources.Add(source);
            }
        }
        Sources = Index(sources);
        _inside = Index(inside);
        _ring = Index(ring);
        _ringSources = Index(ringSources);

        Tensor Index(List<long> positions) => tensor(positions.ToArray(), device: device).DetachFromDisposeScope();
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
        return flat.index_select(1, _inside).index_add_(1, _ringSources, flat.index_select(1, _ring), KeptScalars.One).view(padded.shape[0], 1, _height, _width);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var index in new[] { Sources, _inside, _ring, _ringSources })
            index.Dispose();
    }
}
