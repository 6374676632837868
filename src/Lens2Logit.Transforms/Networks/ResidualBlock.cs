using Lens2Logit.Networks.Normalization;
using Lens2Logit.Networks.Winograd;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lens2Logit.Networks;

/// <summary>
/// Convolutions, each with batch normalisation, and a shortcut around them. ReLU follows each but the last, and the sum.
/// </summary>
/// <remarks>Source: He et al., CVPR 2016, figure 5; the stride of a bottleneck is at its 3×3 convolution, as in torchvision.</remarks>
internal sealed class ResidualBlock : Module<Tensor, Tensor>
{
    private readonly (Conv2d Convolution, BatchNorm2d Norm)[] _layers;
    private readonly (Conv2d Convolution, BatchNorm2d Norm)? _downsample;

    private ResidualBlock(string name, int inChannels, int stride, params (int Channels, int Kernel, int Stride)[] layers)
        : base(name)
    {
        _layers = new (Conv2d, BatchNorm2d)[layers.Length];
        int channels = inChannels;
        for (int i = 0; i < layers.Length; i++)
        {
            var layer = layers[i];
            _layers[i] = (Convolution(channels, layer.Channels, layer.Kernel, layer.Stride), BatchNorm2d(layer.Channels));
            register_module($"conv{i + 1}", _layers[i].Convolution);
            register_module($"bn{i + 1}", _layers[i].Norm);
            channels = layer.Channels;
        }
        if (stride != 1 || inChannels != channels)
        {
            _downsample = (Convolution(inChannels, channels, 1, stride), BatchNorm2d(channels));
            register_module("downsample", Sequential(("0", _downsample.Value.Convolution), ("1", _downsample.Value.Norm)));
        }
    }

    /// <summary>Two 3×3 convolutions ("BasicBlock" of torchvision).</summary>
    public static ResidualBlock Basic(int inChannels, int width, int stride) =>
        new("BasicBlock", inChannels, stride, (width, 3, stride), (width, 3, 1));

    /// <summary>1×1, 3×3 and 1×1 convolutions, the last four times as wide ("Bottleneck" of torchvision).</summary>
    public static ResidualBlock Bottleneck(int inChannels, int width, int stride) =>
        new("Bottleneck", inChannels, stride, (width, 1, 1), (width, 3, stride), (4 * width, 1, 1));

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = input;
        foreach (var (convolution, norm) in _layers[..^1])
            residual = FusedBatchNorm.Apply(norm, WinogradConvolution.Apply(convolution, residual));
        var (last, lastNorm) = _layers[^1];
        return FusedBatchNorm.Apply(lastNorm, WinogradConvolution.Apply(last, residual), Shortcut(input)).MoveToOuterDisposeScope();
    }

    // TorchSharp would add the fields under their own names once the module is part of another; all are registered already.
    protected override void RegisterComponents()
    {
    }

    private Tensor Shortcut(Tensor input) => _downsample is var (convolution, norm)
        ? FusedBatchNorm.Apply(norm, convolution.forward(input), rectifies: false)
        : input;

    /// <summary>A convolution without bias, "same" padding, with He initialisation by fan-out.</summary>
    public static Conv2d Convolution(int inChannels, int outChannels, int kernel, int stride)
    {
        var convolution = Conv2d(inChannels, outChannels, kernel, stride, padding: kernel / 2, bias: false);
        init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        return convolution;
    }
}
