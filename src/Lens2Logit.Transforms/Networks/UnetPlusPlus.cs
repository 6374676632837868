using Lens2Logit.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lens2Logit.Networks;

/// <summary>
/// U-Net++ with a ResNet-34 encoder: images to images of the same size, with the state names of segmentation-models-pytorch 0.2.0.
/// Source: Zhou et al., <i>UNet++: A nested U-Net architecture for medical image segmentation</i>, DLMIA 2018.
/// </summary>
/// <remarks>
/// As in that library, the encoder keeps all its layers in its state whatever the depth; those below <see cref="UnetPlusPlusOptions.Depth"/>
/// are not run and get no gradients. Depth 5 has 26 million parameters, depth 3 has 23 million.
/// </remarks>
public sealed class UnetPlusPlus : Module<Tensor, Tensor>
{
    private readonly UnetPlusPlusOptions _options;
    private readonly ResidualEncoder _encoder;
    private readonly UnetPlusPlusDecoder _decoder;
    private readonly Sequential _head;

    /// <summary>Creates the network with random weights from torch's global random stream; see <see cref="Create"/> for a seed of its own.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public UnetPlusPlus(UnetPlusPlusOptions? options = null)
        : base(TorchNative.LoadedFor(nameof(UnetPlusPlus)))
    {
        _options = options ?? new();
        _options.Validate();
        var channels = _options.Decoder();
        _encoder = new ResidualEncoder(34, _options.Channels);
        _decoder = new UnetPlusPlusDecoder(_encoder.Channels.AsSpan(0, _options.Depth), channels);
        var last = Conv2d(channels[^1], _options.Classes, 3, padding: 1);
        init.xavier_uniform_(last.weight);
        init.zeros_(last.bias!);
        _head = Sequential(("0", last));
        register_module("encoder", _encoder);
        register_module("decoder", _decoder);
        register_module("segmentation_head", _head);
    }

    /// <summary>The options the network was made with.</summary>
    public UnetPlusPlusOptions Options => _options;

    /// <summary>Builds a network whose initial weights depend on the seed alone; torch's global random stream is left as it was.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static UnetPlusPlus Create(UnetPlusPlusOptions? options = null, long seed = 0) =>
        InitialWeights.Draw(seed, () => new UnetPlusPlus(options));

    /// <summary>Computes the output image, without an activation.</summary>
    /// <param name="input">Images [N, C, H, W], height and width multiples of 2^Depth.</param>
    /// <returns>[N, classes, H, W], logits of a mask for example.</returns>
    /// <exception cref="ArgumentException">The batch has another shape; the message says what is expected.</exception>
    public override Tensor forward(Tensor input)
    {
        if (input.dim() != 4)
            throw new ArgumentException($"{nameof(UnetPlusPlus)} takes [N, C, H, W]; found [{string.Join(", ", input.shape)}].");
        RequireSize(input.shape[2], input.shape[3]);
        using var scope = NewDisposeScope();
        return _head.forward(_decoder.forward(_encoder.Features(input, _options.Depth))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Does nothing: TorchSharp would add the fields under their own names once the module is part of another.</remarks>
    protected override void RegisterComponents()
    {
    }

    internal void RequireSize(long height, long width)
    {
        int factor = 1 << _options.Depth;
        if (height < factor || width < factor || height % factor != 0 || width % factor != 0)
            throw new ArgumentException(
                $"{nameof(UnetPlusPlus)} of depth {_options.Depth} needs a height and width that are multiples of {factor}; "
                + $"found {height}×{width}. Crop or pad the images.");
    }
}
