using Lens2Logit.Sensors;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>
/// No ISP at all: rearranges the mosaic [N, H, W] to [N, C, H/2, W/2] (or [N, C, H, W] zero-filled), subtracting black level. It has
/// nothing to learn, but gradients pass.
/// </summary>
/// <remarks>Source: the stage "none" of the paper (TMLR 2023) and its code. Half size needs even height and width.</remarks>
public sealed class RawToRgb : DifferentiableStage
{
    /// <summary>The kind under which the stage is registered.</summary>
    public const string StageKind = "raw-to-rgb";

    private readonly RawToRgbOptions _options;

    // Where in the 2×2 cell (row·2 + column): red, the green beside red, the green beside blue, blue.
    private readonly int[] _positions;

    /// <summary>Creates the stage.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public RawToRgb(RawToRgbOptions? options = null)
        : base(StageKind)
    {
        _options = options ?? new();
        _options.Validate();
        int red = _options.Cfa.PositionOf(0), blue = _options.Cfa.PositionOf(2);
        _positions = [red, red ^ 1, blue ^ 1, blue];
    }

    /// <inheritdoc/>
    public override CfaPattern? Cfa => _options.Cfa;

    /// <inheritdoc/>
    public override string OptionsToJson() => _options.ToJson();

    /// <inheritdoc/>
    public override int[] OutputShape(ReadOnlySpan<int> inputShape)
    {
        BayerMosaic.RequireShape(inputShape, nameof(RawToRgb));
        if (!_options.HalfSize)
            return [_options.Channels, inputShape[0], inputShape[1]];
        ImageGuard.RequireEven(inputShape[0], inputShape[1], "developing at half size");
        return [_options.Channels, inputShape[0] / 2, inputShape[1] / 2];
    }

    /// <summary>Rearranges a batch.</summary>
    /// <param name="input">Raw images [N, H, W].</param>
    /// <returns>[N, C, H/2, W/2], or [N, C, H, W].</returns>
    /// <exception cref="ArgumentException">The batch has another shape, or half size is wanted of an odd one; the message says what is expected.</exception>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        BayerMosaic.RequireBatch(input, nameof(RawToRgb));
        if (_options.HalfSize)
            ImageGuard.RequireEven((int)input.shape[1], (int)input.shape[2], "developing at half size");
        var black = tensor(_options.BlackLevel.ToArray(), dtype: input.dtype, device: input.device);
        var image = _options.HalfSize ? HalfSize(input, black) : FullSize(input, black);
        if (_options.Mean is { } mean)
            image = image - Broadcast(mean, image);
        if (_options.StandardDeviation is { } deviation)
            image = image / Broadcast(deviation, image);
        return image.MoveToOuterDisposeScope();
    }

    private Tensor HalfSize(Tensor raw, Tensor black)
    {
        var sites = Array.ConvertAll(_positions, position =>
            raw.slice(1, position >> 1, raw.shape[1], 2).slice(2, position & 1, raw.shape[2], 2) - black[position]);
        return stack(_options.Channels == 4 ? sites : [sites[0], (sites[1] + sites[2]) / 2, sites[3]], 1);
    }

    private Tensor FullSize(Tensor raw, Tensor black)
    {
        var phases = BayerMosaic.PhaseMasks((int)raw.shape[1], (int)raw.shape[2], raw.dtype, raw.device);
        var levelled = raw - einsum("phw,p->hw", phases, black);
        var sites = Array.ConvertAll(_positions, position => phases[position]);
        var masks = stack(_options.Channels == 4 ? sites : [sites[0], sites[1] + sites[2], sites[3]]);
        return levelled.unsqueeze(1) * masks;
    }

    private static Tensor Broadcast(IReadOnlyList<double> values, Tensor image) =>
        tensor(values.ToArray(), dtype: image.dtype, device: image.device).view(1, values.Count, 1, 1);
}
