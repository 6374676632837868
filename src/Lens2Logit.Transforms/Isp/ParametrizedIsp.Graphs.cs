using Lens2Logit.Demosaicing;
using Lens2Logit.Isp.Folded;
using Lens2Logit.Sensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <content>The ISP as graphs of torch's own operations.</content>
public sealed partial class ParametrizedIsp
{
    /// <summary>Every stage up to batch normalisation by torch's own operations: the reference for every faster version, and its fallback.</summary>
    internal Tensor PlainGraph(Tensor raw, IDictionary<string, Tensor>? stages)
    {
        using var scope = NewDisposeScope();
        var rgb = Retain("mosaic", Mosaic(raw));
        rgb = Demosaiced(rgb, raw);
        rgb = einsum("lk,nkhw->nlhw", ColorMatrix * WhiteBalance, rgb);
        rgb = Retain("color_corrected", rgb);
        rgb = Retain("sharpened", FilterLuma(rgb, Sharpened));
        rgb = Retain("blurred", FilterLuma(rgb, Denoised));
        rgb = ClipAndGamma(rgb, Retain);
        if (Additive is not null)
            rgb = Retain("noise", rgb + Additive);
        return rgb.MoveToOuterDisposeScope();

        Tensor Retain(string name, Tensor value)
        {
            if (stages is null)
                return value;
            if (value.requires_grad)
                value.retain_grad();
            stages[name] = value.MoveToOuterDisposeScope();
            return value;
        }
    }

    /// <summary>The same as one node with a backward pass of its own, for devices on which every operation costs a launch and a pass over memory.</summary>
    internal Tensor FoldedGraph(Tensor raw)
    {
        using var scope = NewDisposeScope();
        return FoldedParametrizedIsp.Develop(this, FoldedPlan.For(this, raw, ref _foldedPlan), raw).MoveToOuterDisposeScope();
    }

    private Tensor Demosaiced(Tensor colors, Tensor raw) => _options.Start.Demosaicing switch
    {
        DemosaicMethod.Malvar2004 => DifferentiableDemosaic.Malvar(colors.sum(1, keepdim: true), Demosaicing, PhaseMasks(raw), _options.Camera.Cfa, Pad),
        DemosaicMethod.Menon2007 => DifferentiableDemosaic.Menon(colors.sum(1, keepdim: true), PhaseMasks(raw), _options.Camera.Cfa),
        _ => nn.functional.conv2d(Pad(colors, 1), Demosaicing),
    };

    private Tensor Sharpened(Tensor luma)
    {
        if (_options.Start.Sharpening == SharpeningMethod.Filter)
            return nn.functional.conv2d(luma, Sharpening, padding: [1, 1]);
        // The kernel of IspKernels.Gaussian, as a function of σ.
        const int Radius = 4;
        var distance = arange(-Radius, Radius + 1, luma.dtype, luma.device);
        var kernel = (distance.square() / (-2 * UnsharpRadius.square())).exp();
        kernel = kernel / kernel.sum();
        var blurred = nn.functional.conv2d(PadSymmetric(luma, 2, Radius), kernel.view(1, 1, -1, 1));
        if (_options.Start.Sharpening == SharpeningMethod.UnsharpMask)
            blurred = nn.functional.conv2d(PadSymmetric(blurred, 3, Radius), kernel.view(1, 1, 1, -1));
        return luma + (luma - blurred) * UnsharpAmount;
    }

    private Tensor Denoised(Tensor luma)
    {
        if (_options.Start.Denoising == DenoisingMethod.Gaussian)
            return nn.functional.conv2d(Pad(luma, 2), Blur);
        long height = luma.shape[2], width = luma.shape[3];
        var padded = Pad(luma, 1);
        var window = Enumerable.Range(0, 9).Select(i => padded.narrow(2, i / 3, height).narrow(3, i % 3, width)).ToList();
        // The gradient goes to the pixel that was chosen.
        return stack(window, 0).sort(0).Values[4];
    }

    /// <summary>[N, 3, H, W]: each colour where the filter array measures it, minus black level, zero elsewhere.</summary>
    private Tensor Mosaic(Tensor raw)
    {
        var phases = PhaseMasks(raw);
        return (raw - Level(phases)).unsqueeze(1) * ColorMasks(phases);
    }

    private static Tensor PhaseMasks(Tensor raw) => BayerMosaic.PhaseMasks((int)raw.shape[1], (int)raw.shape[2], raw.dtype, raw.device);

    /// <summary>Black level at every pixel [H, W].</summary>
    private Tensor Level(Tensor phases) => (phases * BlackLevel.view(4, 1, 1)).sum(dim: 0);

    /// <summary>[3, H, W]: one where a colour is measured.</summary>
    private Tensor ColorMasks(Tensor phases)
    {
        var cell = _options.Camera.Cfa.Cell();
        var masks = zeros_like(phases[..3]);
        for (int position = 0; position < 4; position++)
            masks[cell[position]].add_(phases[position]);
        return masks;
    }

    private Tensor Pad(Tensor image, int radius) => _options.Convention == IspConvention.Published
        ? nn.functional.pad(image, [radius, radius, radius, radius], PaddingModes.Reflect)
        : PadSymmetric(PadSymmetric(image, 2, radius), 3, radius);

    private static Tensor PadSymmetric(Tensor image, int dimension, int radius)
    {
        long size = image.shape[dimension];
        return cat([image.narrow(dimension, 0, radius).flip(dimension), image, image.narrow(dimension, size - radius, radius).flip(dimension)], dimension);
    }

    /// <summary>Filters Y of YUV. Back in RGB the change of Y is the same in every channel.</summary>
    private static Tensor FilterLuma(Tensor rgb, Func<Tensor, Tensor> filter)
    {
        var weights = tensor(IspKernels.Luma.ToArray(), dtype: rgb.dtype, device: rgb.device).view(1, 3, 1, 1);
        var luma = (rgb * weights).sum(1, keepdim: true);
        return rgb + (filter(luma) - luma);
    }

    private Tensor ClipAndGamma(Tensor rgb, Func<string, Tensor, Tensor> retain)
    {
        if (_options.Convention == IspConvention.Published)
        {
            var floored = retain("clipped", rgb.clamp(IspKernels.Floor, 1));
            return retain("gamma_corrected", (floored.log() * (1 / Gamma)).exp());
        }
        // The power's slope is infinite at 0: below the floor the value is exact and constant for the gradient.
        var clipped = retain("clipped", rgb.clamp(0, 1));
        var dark = clipped.detach().pow(1 / Gamma.detach());
        var bright = (clipped.clamp(min: IspKernels.Floor).log() * (1 / Gamma)).exp();
        return retain("gamma_corrected", where(clipped.detach() < IspKernels.Floor, dark, bright));
    }
}
