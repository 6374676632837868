using Lens2Logit.Sensors;
using Lens2Logit.Stages;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>
/// The differentiable ISP: black level → demosaic (3→3 convolution 3×3 over the zero-filled mosaic) → white balance → colour matrix →
/// sharpen and blur luma → clip → gamma, each with its own weights. It starts as the static pipeline (bi, s, ga).
/// </summary>
/// <remarks>
/// Input [N, H, W] in [0, 1], output [N, 3, H, W] in [0, 1] (before <see cref="ParametrizedIspOptions.BatchNorm"/> and the additive layer).
/// Any size from 4×4, odd ones included. Source: the paper (TMLR 2023, section 3 and appendix) and its differentiable pipeline; see
/// <see cref="IspConvention"/> for what differs. In eval mode <see cref="forward"/> may be called from several threads.
/// </remarks>
public sealed class ParametrizedIsp : DifferentiableStage
{
    /// <summary>The kind under which the stage is registered.</summary>
    public const string StageKind = "parametrized-isp";

    private readonly ParametrizedIspOptions _options;
    private readonly BatchNorm2d? _batchNorm;
    private readonly LinearReference? _reference;

    /// <summary>Creates the ISP with its initial weights.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="type">Float32 (default) or Float64.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public ParametrizedIsp(ParametrizedIspOptions? options = null, ScalarType type = ScalarType.Float32)
        : base(StageKind)
    {
        _options = options ?? new();
        _options.Validate();
        using var scope = NewDisposeScope();
        _reference = LinearReference.Of(_options.Camera);
        var camera = _reference?.Camera ?? _options.Camera;
        Register("black_level", camera.BlackLevel, 4);
        Register("demosaicing", DemosaicKernels(), 3, 3, 3, 3);
        Register("white_balance", camera.WhiteBalance, 3);
        Register("color_matrix", camera.ColorMatrix, 3, 3);
        Register("sharpening", IspKernels.Sharpening.ToArray(), 1, 1, 3, 3);
        Register("blur", _options.Convention == IspConvention.Published ? IspKernels.PublishedBlur.ToArray() : IspKernels.ExactBlur(), 1, 1, 5, 5);
        Register("gamma", [_options.Gamma], 1);
        if (_options.AdditiveLayer is { } size)
            register_parameter("additive", new Parameter(zeros([1, 3, size.Height, size.Width], type).DetachFromDisposeScope()));
        if (_options.BatchNorm)
        {
            _batchNorm = nn.BatchNorm2d(3, affine: false, dtype: type);
            register_module("batch_norm", _batchNorm);
        }

        void Register(string name, IReadOnlyList<double> values, params long[] shape) =>
            register_parameter(name, new Parameter(tensor(values.ToArray(), dtype: type).view(shape).DetachFromDisposeScope()));
    }

    /// <summary>The options the ISP was made with.</summary>
    public ParametrizedIspOptions Options => _options;

    /// <summary>Black level at the four positions of the 2×2 cell, row by row [4], in raw units.</summary>
    public Parameter BlackLevel => get_parameter("black_level")!;

    /// <summary>Demosaic kernels [3 (out), 3 (in), 3, 3].</summary>
    public Parameter Demosaicing => get_parameter("demosaicing")!;

    /// <summary>Factors for red, green and blue [3].</summary>
    public Parameter WhiteBalance => get_parameter("white_balance")!;

    /// <summary>Colour matrix [3 (out), 3 (in)].</summary>
    public Parameter ColorMatrix => get_parameter("color_matrix")!;

    /// <summary>Sharpening kernel on luma [1, 1, 3, 3].</summary>
    public Parameter Sharpening => get_parameter("sharpening")!;

    /// <summary>Blur kernel on luma [1, 1, 5, 5].</summary>
    public Parameter Blur => get_parameter("blur")!;

    /// <summary>Gamma γ [1].</summary>
    public Parameter Gamma => get_parameter("gamma")!;

    /// <summary>The additive layer [1, 3, H, W], or null without one.</summary>
    public Parameter? Additive => get_parameter("additive");

    /// <inheritdoc/>
    public override CfaPattern? Cfa => _options.Camera.Cfa;

    /// <summary>Black level learns at 1e-4: a full-scale raw value is 1, and larger steps ruin it.</summary>
    public override IReadOnlyDictionary<string, double> LearningRates { get; } = new Dictionary<string, double> { ["black_level"] = 1e-4 };

    /// <inheritdoc/>
    public override string OptionsToJson() => _options.ToJson();

    /// <inheritdoc/>
    public override int[] OutputShape(ReadOnlySpan<int> inputShape)
    {
        BayerMosaic.RequireShape(inputShape, nameof(ParametrizedIsp));
        RequireAdditiveSize(inputShape[0], inputShape[1]);
        return [3, inputShape[0], inputShape[1]];
    }

    /// <summary>Develops a batch.</summary>
    /// <param name="input">Raw images [N, H, W], of the ISP's own type.</param>
    /// <returns>Views [N, 3, H, W].</returns>
    /// <exception cref="ArgumentException">The batch has another shape; the message says which.</exception>
    public override Tensor forward(Tensor input) => Develop(input, null);

    /// <summary>Develops a batch and hands back what every stage made of it, with gradients retained.</summary>
    /// <param name="raw">Raw images [N, H, W].</param>
    /// <param name="stages">
    /// Receives [N, 3, H, W] tensors under the names <c>mosaic</c> (zero-filled, black level subtracted), <c>color_corrected</c>,
    /// <c>sharpened</c>, <c>blurred</c>, <c>clipped</c>, <c>gamma_corrected</c>, and <c>noise</c> with an additive layer; the caller owns them. Null for none.
    /// </param>
    /// <returns>Views [N, 3, H, W].</returns>
    /// <exception cref="ArgumentException">The batch has another shape; the message says which.</exception>
    public Tensor Develop(Tensor raw, IDictionary<string, Tensor>? stages)
    {
        BayerMosaic.RequireBatch(raw, nameof(ParametrizedIsp));
        int height = (int)raw.shape[1], width = (int)raw.shape[2];
        RequireAdditiveSize(height, width);
        using var scope = NewDisposeScope();

        var rgb = Retain("mosaic", Mosaic(_reference?.Clip(raw) ?? raw, height, width));
        rgb = nn.functional.conv2d(Pad(rgb, 1), Demosaicing);
        rgb = einsum("lk,nkhw->nlhw", ColorMatrix * WhiteBalance, rgb);
        rgb = Retain("color_corrected", rgb);
        rgb = Retain("sharpened", FilterLuma(rgb, luma => nn.functional.conv2d(luma, Sharpening, padding: [1, 1])));
        rgb = Retain("blurred", FilterLuma(rgb, luma => nn.functional.conv2d(Pad(luma, 2), Blur)));
        rgb = ClipAndGamma(rgb, Retain);
        if (Additive is not null)
            rgb = Retain("noise", rgb + Additive);
        if (_batchNorm is not null)
            rgb = _batchNorm.forward(rgb);
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

    /// <summary>The parameters as a person reads them, with units.</summary>
    public override string ToString() => ParametrizedIspText.Describe(this);

    /// <summary>[N, 3, H, W]: each colour where the filter array measures it, minus black level, zero elsewhere.</summary>
    private Tensor Mosaic(Tensor raw, int height, int width)
    {
        var phases = BayerMosaic.PhaseMasks(height, width, raw.dtype, raw.device);
        var cell = _options.Camera.Cfa.Cell();
        var masks = zeros([3, height, width], raw.dtype, raw.device);
        for (int position = 0; position < 4; position++)
            masks[cell[position]].add_(phases[position]);
        var levelled = raw - (phases * BlackLevel.view(4, 1, 1)).sum(dim: 0);
        return levelled.unsqueeze(1) * masks;
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

    private void RequireAdditiveSize(int height, int width)
    {
        if (_options.AdditiveLayer is { } size && size != new ImageSize(height, width))
            throw new ArgumentException($"The ISP's additive layer is made for images of {size} pixels; found {height}×{width}.");
    }

    /// <summary>Each output colour from its own mosaic alone, bilinearly.</summary>
    private static double[] DemosaicKernels()
    {
        var kernels = new double[3 * 3 * 9];
        for (int channel = 0; channel < 3; channel++)
            IspKernels.BilinearDemosaic(channel).CopyTo(kernels.AsSpan((channel * 3 + channel) * 9));
        return kernels;
    }
}
