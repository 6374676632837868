using Lens2Logit.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lens2Logit.Networks;

/// <summary>
/// A U-Net of three levels with 16, 32 and 64 channels, each two 3×3 convolutions with batch normalisation and ReLU. For images of about 64
/// pixels, on a CPU. Source: Ronneberger et al., <i>U-Net: Convolutional networks for biomedical image segmentation</i>, MICCAI 2015.
/// </summary>
/// <remarks>Differs from the paper in size, in batch normalisation, and in padding: the output has the size of the input.</remarks>
public sealed class SmallUnet : Module<Tensor, Tensor>
{
    private readonly Sequential _down1, _down2, _bottom, _up2, _up1;
    private readonly Conv2d _head;

    /// <summary>Creates the network with random weights.</summary>
    /// <param name="options">Sizes of its ends; one class for a binary mask.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SmallUnet(NetworkOptions options)
        : base(TorchNative.LoadedFor(nameof(SmallUnet)))
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _down1 = Block(options.Channels, 16);
        _down2 = Block(16, 32);
        _bottom = Block(32, 64);
        _up2 = Block(64 + 32, 32);
        _up1 = Block(32 + 16, 16);
        _head = Conv2d(16, options.Classes, 1);
        register_module("down1", _down1);
        register_module("down2", _down2);
        register_module("bottom", _bottom);
        register_module("up2", _up2);
        register_module("up1", _up1);
        register_module("head", _head);
    }

    /// <summary>Computes logits.</summary>
    /// <param name="input">Images [N, C, H, W], height and width multiples of 4.</param>
    /// <returns>Logits [N, classes, H, W].</returns>
    /// <exception cref="ArgumentException">The images have another size.</exception>
    public override Tensor forward(Tensor input)
    {
        if (input.dim() != 4 || input.shape[2] % 4 != 0 || input.shape[3] % 4 != 0 || input.shape[2] * input.shape[3] == 0)
            throw new ArgumentException($"{nameof(SmallUnet)} takes [N, C, H, W] with H and W multiples of 4; found [{string.Join(", ", input.shape)}]. Crop or pad the images.");
        using var scope = NewDisposeScope();
        var fine = _down1.forward(input);
        var middle = _down2.forward(functional.max_pool2d(fine, 2));
        var coarse = _bottom.forward(functional.max_pool2d(middle, 2));
        middle = _up2.forward(cat([Enlarge(coarse), middle], 1));
        fine = _up1.forward(cat([Enlarge(middle), fine], 1));
        return _head.forward(fine).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Does nothing: all parts are registered already, under names without an underscore.</remarks>
    protected override void RegisterComponents()
    {
    }

    private static Tensor Enlarge(Tensor image) => functional.interpolate(image, scale_factor: [2, 2], mode: InterpolationMode.Nearest);

    private static Sequential Block(int inChannels, int outChannels) => Sequential(
        ("conv1", Conv2d(inChannels, outChannels, 3, padding: 1, bias: false)), ("norm1", BatchNorm2d(outChannels)), ("relu1", ReLU()),
        ("conv2", Conv2d(outChannels, outChannels, 3, padding: 1, bias: false)), ("norm2", BatchNorm2d(outChannels)), ("relu2", ReLU()));
}
