using Lens2Logit.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lens2Logit.Networks;

/// <summary>
/// ResNet-18 with the layer names of torchvision, so that its state dictionaries fit. Source: He et al., <i>Deep residual learning for
/// image recognition</i>, CVPR 2016.
/// </summary>
public sealed class ResNet18 : Module<Tensor, Tensor>
{
    private readonly Sequential _trunk;
    private readonly Linear _fc;

    /// <summary>Creates the network with torchvision's random initialisation.</summary>
    /// <param name="options">Sizes of its ends.</param>
    public ResNet18(NetworkOptions options)
        : base(TorchNative.LoadedFor(nameof(ResNet18)))
    {
        ArgumentNullException.ThrowIfNull(options);
        var layers = new List<(string Name, Module<Tensor, Tensor> Module)>
        {
            ("conv1", ResidualBlock.Convolution(options.Channels, 64, kernel: 7, stride: 2)),
            ("bn1", BatchNorm2d(64)),
            ("relu", ReLU()),
            ("maxpool", MaxPool2d(3, 2, 1)),
        };
        int channels = 64;
        for (int layer = 1; layer <= 4; layer++)
        {
            int width = 32 << layer, stride = layer == 1 ? 1 : 2;
            layers.Add(($"layer{layer}", Sequential(("0", new ResidualBlock(channels, width, stride)), ("1", new ResidualBlock(width, width, 1)))));
            channels = width;
        }
        // Registered here, not through the container: torchvision's names have no prefix.
        foreach (var (name, module) in layers)
            register_module(name, module);
        _trunk = Sequential(layers.Select(l => (l.Name, l.Module)));
        _fc = Linear(channels, options.Classes);
        register_module("fc", _fc);
    }

    /// <summary>Computes logits.</summary>
    /// <param name="input">Images [N, C, H, W], height and width at least 32.</param>
    /// <returns>Logits [N, classes].</returns>
    public override Tensor forward(Tensor input)
    {
        if (input.shape[2] < 32 || input.shape[3] < 32)
            throw new ArgumentException($"{nameof(ResNet18)} shrinks images 32 times and needs at least 32×32 pixels; found {input.shape[2]}×{input.shape[3]}.");
        using var scope = NewDisposeScope();
        return _fc.forward(_trunk.forward(input).mean([2, 3])).MoveToOuterDisposeScope();
    }
}
