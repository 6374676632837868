using Lens2Logit.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lens2Logit.Networks;

/// <summary>
/// ResNet-18, -34 and -50 with the layer names of torchvision, so that its state dictionaries fit. Source: He et al., <i>Deep residual
/// learning for image recognition</i>, CVPR 2016.
/// </summary>
/// <remarks>ResNet-50 ends in 2048 channels, which its last layer takes; the paper's code gave it one for 512 and could not run it.</remarks>
public sealed class ResNet : Module<Tensor, Tensor>
{
    private readonly ResidualEncoder _encoder;
    private readonly Linear _fc;

    /// <summary>Creates the network with torchvision's random initialisation.</summary>
    /// <param name="depth">18, 34 or 50: the number of layers with weights.</param>
    /// <param name="options">Sizes of its ends.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">There is no such depth, or an option is out of range.</exception>
    public ResNet(int depth, NetworkOptions options)
        : base(TorchNative.LoadedFor($"{nameof(ResNet)}{depth}"))
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _encoder = new ResidualEncoder(depth, options.Channels);
        // The encoder's layers, not the encoder: torchvision's names have no prefix.
        foreach (var (name, layer) in _encoder.named_children())
            register_module(name, layer);
        _fc = Linear(_encoder.Channels[^1], options.Classes);
        register_module("fc", _fc);
    }

    /// <inheritdoc/>
    /// <remarks>Does nothing: TorchSharp would add the fields under their own names once the module is part of another.</remarks>
    protected override void RegisterComponents()
    {
    }

    /// <summary>Computes logits.</summary>
    /// <param name="input">Images [N, C, H, W], height and width at least 32.</param>
    /// <returns>Logits [N, classes].</returns>
    /// <exception cref="ArgumentException">The batch has another shape, or its images are too small; the message says what is expected.</exception>
    public override Tensor forward(Tensor input)
    {
        if (input.dim() != 4)
            throw new ArgumentException($"{GetName()} takes [N, C, H, W]; found [{string.Join(", ", input.shape)}].");
        if (input.shape[2] < 32 || input.shape[3] < 32)
            throw new ArgumentException(
                $"{GetName()} shrinks images 32 times and needs at least 32×32 pixels; found {input.shape[2]}×{input.shape[3]}.");
        using var scope = NewDisposeScope();
        return _fc.forward(_encoder.forward(input).mean([2, 3])).MoveToOuterDisposeScope();
    }
}
