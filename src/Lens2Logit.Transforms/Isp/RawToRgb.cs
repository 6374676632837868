using System.Text.Json;
using Lens2Logit.Sensors;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>Options of <see cref="RawToRgb"/>.</summary>
public sealed record RawToRgbOptions
{
    /// <summary>Black level, row by row in the 2×2 cell, in raw units [0, 1]. Default 0.</summary>
    public IReadOnlyList<double> BlackLevel { get; init; } = [0, 0, 0, 0];

    /// <summary>The colour filter array, a Bayer pattern. Default RGGB.</summary>
    public CfaPattern Cfa { get; init; } = CfaPattern.Rggb;

    /// <summary>Whether the image shrinks to half size, one pixel per 2×2 cell. Default true. Otherwise missing colours are zero.</summary>
    public bool HalfSize { get; init; } = true;

    /// <summary>3: red, mean (at full size: both) of the greens, blue. 4: the two greens apart, in the order red, green in red's row, green in blue's row, blue. Default 3.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Mean subtracted per channel, or null for none. As many values as <see cref="Channels"/>.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>Divisor per channel after the mean is subtracted, or null for none.</summary>
    public IReadOnlyList<double>? StandardDeviation { get; init; }

    /// <summary>Reads options from JSON.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    public static RawToRgbOptions FromJson(string json) => StageJson.Read<RawToRgbOptions>(json);

    /// <summary>The options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StageJson.Format);

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        if (BlackLevel is null || BlackLevel.Count != 4 || !BlackLevel.All(double.IsFinite))
            throw new ArgumentException($"{nameof(BlackLevel)} must have 4 finite values.", nameof(BlackLevel));
        Cfa.RequireBayer("Arranging a mosaic by colour");
        if (Channels is not (3 or 4))
            throw new ArgumentOutOfRangeException(nameof(Channels), Channels, "Expected 3 or 4.");
        if (Mean is not null && (Mean.Count != Channels || !Mean.All(double.IsFinite)))
            throw new ArgumentException($"{nameof(Mean)} must have {Channels} finite values, one per channel; found {Mean.Count}.", nameof(Mean));
        if (StandardDeviation is not null && (StandardDeviation.Count != Channels || StandardDeviation.Any(s => !(s > 0) || !double.IsFinite(s))))
            throw new ArgumentException($"{nameof(StandardDeviation)} must have {Channels} values above 0, one per channel.", nameof(StandardDeviation));
    }
}

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
