using Lens2Logit.Demosaicing;
using Lens2Logit.Isp.Folded;
using Lens2Logit.Isp.Fused.Parametrized;
using Lens2Logit.Native;
using Lens2Logit.Sensors;
using Lens2Logit.Simd;
using Lens2Logit.Stages;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>
/// The differentiable ISP: black level → demosaic (3→3 convolution 3×3 over the zero-filled mosaic) → white balance → colour matrix →
/// sharpen and blur luma → clip → gamma, each with its own weights. It starts as the static pipeline (bi, s, ga), or as another of the 12
/// (<see cref="ParametrizedIspOptions.Start"/>).
/// </summary>
/// <remarks>
/// Input [N, H, W] in [0, 1], output [N, 3, H, W] in [0, 1] (before <see cref="ParametrizedIspOptions.BatchNorm"/> and the additive layer).
/// Any size from 4×4, odd ones included. Source: the paper (TMLR 2023, section 3 and appendix) and its differentiable pipeline; see
/// <see cref="IspConvention"/> for what differs. In eval mode <see cref="forward"/> may be called from several threads.
/// </remarks>
public sealed partial class ParametrizedIsp : DifferentiableStage
{
    /// <summary>The kind under which the stage is registered.</summary>
    public const string StageKind = "parametrized-isp";

    private readonly ParametrizedIspOptions _options;
    private readonly BatchNorm2d? _batchNorm;
    private readonly BoundedParameters? _bounds;
    private readonly LinearReference? _reference;
    private FoldedPlan? _foldedPlan;

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
        if (_options.Start.Demosaicing == DemosaicMethod.Bilinear)
            Register("demosaicing", BilinearKernels(), 3, 3, 3, 3);
        else if (_options.Start.Demosaicing == DemosaicMethod.Malvar2004)
            Register("demosaicing", DifferentiableDemosaic.MalvarFilters(), 4, 1, 5, 5);
        Register("white_balance", camera.WhiteBalance, 3);
        Register("color_matrix", camera.ColorMatrix, 3, 3);
        if (_options.Start.Sharpening == SharpeningMethod.Filter)
        {
            Register("sharpening", IspKernels.Sharpening.ToArray(), 1, 1, 3, 3);
        }
        else
        {
            Register("unsharp_radius", [IspKernels.UnsharpRadius], 1);
            Register("unsharp_amount", [IspKernels.UnsharpAmount], 1);
        }
        if (_options.Start.Denoising == DenoisingMethod.Gaussian)
            Register("blur", _options.Convention == IspConvention.Published ? IspKernels.PublishedBlur.ToArray() : IspKernels.ExactBlur(), 1, 1, 5, 5);
        Register("gamma", [_options.Gamma], 1);
        if (_options.AdditiveLayer is { } size)
            register_parameter("additive", new Parameter(zeros([1, 3, size.Height, size.Width], type).DetachFromDisposeScope()));
        if (_options.BatchNorm)
        {
            _batchNorm = nn.BatchNorm2d(3, affine: false, dtype: type);
            register_module("batch_norm", _batchNorm);
        }
        if (_options.Bounds is { } bounds)
            _bounds = new(this, bounds);

        void Register(string name, IReadOnlyList<double> values, params long[] shape) =>
            register_parameter(name, new Parameter(tensor(values.ToArray(), dtype: type).view(shape).DetachFromDisposeScope()));
    }

    /// <summary>The options the ISP was made with.</summary>
    public ParametrizedIspOptions Options => _options;

    /// <summary>Black level at the four positions of the 2×2 cell, row by row [4], in raw units.</summary>
    public Parameter BlackLevel => get_parameter("black_level")!;

    /// <summary>Demosaic kernels [3 (out), 3 (in), 3, 3]; with Malvar's filters [4, 1, 5, 5], in the order green at red or blue, at green the colour in its row, that in its column, red at blue and back.</summary>
    /// <exception cref="InvalidOperationException">The ISP started from Menon's method, which has no weights.</exception>
    public Parameter Demosaicing => Existing("demosaicing");

    /// <summary>Factors for red, green and blue [3].</summary>
    public Parameter WhiteBalance => get_parameter("white_balance")!;

    /// <summary>Colour matrix [3 (out), 3 (in)].</summary>
    public Parameter ColorMatrix => get_parameter("color_matrix")!;

    /// <summary>Sharpening kernel on luma [1, 1, 3, 3].</summary>
    /// <exception cref="InvalidOperationException">The ISP started from an unsharp mask.</exception>
    public Parameter Sharpening => Existing("sharpening");

    /// <summary>Radius of the unsharp mask [1]: σ of its Gaussian in pixels; the kernel ends at four pixels.</summary>
    /// <exception cref="InvalidOperationException">The ISP started from the sharpening filter.</exception>
    public Parameter UnsharpRadius => Existing("unsharp_radius");

    /// <summary>Amount of the unsharp mask [1].</summary>
    /// <exception cref="InvalidOperationException">The ISP started from the sharpening filter.</exception>
    public Parameter UnsharpAmount => Existing("unsharp_amount");

    /// <summary>Blur kernel on luma [1, 1, 5, 5].</summary>
    /// <exception cref="InvalidOperationException">The ISP started from the median.</exception>
    public Parameter Blur => Existing("blur");

    /// <summary>Gamma γ [1].</summary>
    public Parameter Gamma => get_parameter("gamma")!;

    /// <summary>The additive layer [1, 3, H, W], or null without one.</summary>
    public Parameter? Additive => get_parameter("additive");

    /// <summary>All weights but the additive layer of an ISP that started as the reference, in the order in which they act.</summary>
    internal IReadOnlyList<Tensor> Weights => [BlackLevel, Demosaicing, WhiteBalance, ColorMatrix, Sharpening, Blur, Gamma];

    internal BatchNorm2d? BatchNorm => _batchNorm;

    internal BackwardFailure BackwardFailure { get; } = new("the ISP");

    internal HandedGradients HandedGradients { get; } = new();

    /// <summary>Width of the fused kernels' vectors on a CPU; null for the plain graph on every device.</summary>
    internal SimdWidth? Vectors { get; set; } = SimdWidths.Widest;

    private bool IsReference => _options.Start == ParametrizedIspOptions.Reference;

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
        _bounds?.Project();
        using var scope = NewDisposeScope();
        raw = _reference?.Clip(raw) ?? raw;
        if (stages is null && IsReference && Vectors is { } vectors && FusedParametrizedIsp.TryDevelop(this, raw, vectors) is { } fused)
            return fused.MoveToOuterDisposeScope();
        bool folded = stages is null && IsReference && Vectors is not null && raw.device_type != DeviceType.CPU && raw.shape[0] > 0;
        var rgb = folded ? FoldedGraph(raw) : PlainGraph(raw, stages);
        foreach (var stage in stages?.Values ?? [])
            stage.MoveToOuterDisposeScope();
        if (_batchNorm is not null)
            rgb = _batchNorm.forward(rgb);
        return rgb.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>The steps are those of <see cref="Develop"/>.</remarks>
    public override Tensor Trace(Tensor input, IDictionary<string, Tensor> steps) => Develop(input, steps);

    /// <summary>The parameters as a person reads them, with units.</summary>
    public override string ToString() => ParametrizedIspText.Describe(this);

    /// <inheritdoc/>
    /// <remarks>Does nothing: TorchSharp would add the fields under their own names once the module is part of another.</remarks>
    protected override void RegisterComponents()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _foldedPlan?.Dispose();
            HandedGradients.Dispose();
        }
        base.Dispose(disposing);
    }

    private Parameter Existing(string name) => get_parameter(name)
        ?? throw new InvalidOperationException($"An ISP that started as {_options.Start} has no '{name}'. It has {string.Join(", ", named_parameters().Select(p => p.name))}.");

    private void RequireAdditiveSize(int height, int width)
    {
        if (_options.AdditiveLayer is { } size && size != new ImageSize(height, width))
            throw new ArgumentException($"The ISP's additive layer is made for images of {size} pixels; found {height}×{width}.");
    }

    /// <summary>Each output colour from its own mosaic alone, bilinearly.</summary>
    private static double[] BilinearKernels()
    {
        var kernels = new double[3 * 3 * 9];
        for (int channel = 0; channel < 3; channel++)
            IspKernels.BilinearDemosaic(channel).CopyTo(kernels.AsSpan((channel * 3 + channel) * 9));
        return kernels;
    }
}
