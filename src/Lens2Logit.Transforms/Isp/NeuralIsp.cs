using Lens2Logit.Networks;
using Lens2Logit.Sensors;
using Lens2Logit.Stages;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>
/// The ISP as a network: mosaic at half size (mean of the greens) → optional normalisation → U-Net++ with three outputs → optional batch
/// normalisation.
/// </summary>
/// <remarks>
/// Input [N, H, W] in [0, 1], height and width multiples of 2^(Depth+1) (16 by default); output [N, 3, H/2, W/2] of any range. 23 million
/// parameters. State names and structure are those of <c>NNProcessing</c> in the paper's code (TMLR 2023), except that the paper started
/// from ImageNet weights and this starts from random ones. In eval mode <see cref="forward"/> may be called from several threads.
/// </remarks>
public sealed class NeuralIsp : DifferentiableStage
{
    /// <summary>The kind under which the stage is registered.</summary>
    public const string StageKind = "neural-isp";

    private readonly NeuralIspOptions _options;
    private readonly RawToRgb _mosaic;
    private readonly UnetPlusPlus _model;
    private readonly BatchNorm2d? _batchNorm;

    /// <summary>Creates the ISP; its initial weights depend on <see cref="NeuralIspOptions.Seed"/> alone.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public NeuralIsp(NeuralIspOptions? options = null)
        : base(StageKind)
    {
        _options = options ?? new();
        _mosaic = new RawToRgb(_options.Mosaic());
        _model = UnetPlusPlus.Create(_options.Network(), _options.Seed);
        register_module("model", _model);
        if (_options.BatchNorm)
        {
            _batchNorm = nn.BatchNorm2d(3, affine: false);
            register_module("batch_norm", _batchNorm);
        }
    }

    /// <summary>The options the ISP was made with.</summary>
    public NeuralIspOptions Options => _options;

    /// <inheritdoc/>
    public override CfaPattern? Cfa => _mosaic.Cfa;

    /// <inheritdoc/>
    public override string OptionsToJson() => _options.ToJson();

    /// <inheritdoc/>
    public override int[] OutputShape(ReadOnlySpan<int> inputShape)
    {
        BayerMosaic.RequireShape(inputShape, nameof(NeuralIsp));
        RequireSize(inputShape[0], inputShape[1]);
        return _mosaic.OutputShape(inputShape);
    }

    /// <summary>Develops a batch.</summary>
    /// <param name="input">Raw images [N, H, W], float32.</param>
    /// <returns>Views [N, 3, H/2, W/2].</returns>
    /// <exception cref="ArgumentException">The batch has another shape; the message says what is expected.</exception>
    public override Tensor forward(Tensor input)
    {
        BayerMosaic.RequireBatch(input, nameof(NeuralIsp));
        RequireSize(input.shape[1], input.shape[2]);
        using var scope = NewDisposeScope();
        var view = _model.forward(_mosaic.forward(input));
        if (_batchNorm is not null)
            view = _batchNorm.forward(view);
        return view.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Does nothing: TorchSharp would add the fields under their own names once the module is part of another.</remarks>
    protected override void RegisterComponents()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Not a registered part: it has no state.
        if (disposing)
            _mosaic.Dispose();
        base.Dispose(disposing);
    }

    private void RequireSize(long height, long width)
    {
        int factor = 2 << _options.Depth;
        if (height % factor != 0 || width % factor != 0)
            throw new ArgumentException(
                $"{nameof(NeuralIsp)} of depth {_options.Depth} needs raw images whose height and width are multiples of {factor}; "
                + $"found {height}×{width}. Crop them.");
    }
}
