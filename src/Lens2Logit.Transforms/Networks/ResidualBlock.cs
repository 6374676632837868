using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lens2Logit.Networks;

/// <summary>Two 3×3 convolutions with a shortcut around them ("BasicBlock" of torchvision).</summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1, _conv2;
    private readonly BatchNorm2d _bn1, _bn2;
    private readonly Sequential? _downsample;

    public ResidualBlock(int inChannels, int outChannels, int stride)
        : base("BasicBlock")
    {
        _conv1 = Convolution(inChannels, outChannels, 3, stride);
        _bn1 = BatchNorm2d(outChannels);
        _conv2 = Convolution(outChannels, outChannels, 3, 1);
        _bn2 = BatchNorm2d(outChannels);
        register_module("conv1", _conv1);
        register_module("bn1", _bn1);
        register_module("conv2", _conv2);
        register_module("bn2", _bn2);
        if (stride != 1 || inChannels != outChannels)
        {
            _downsample = Sequential(("0", Convolution(inChannels, outChannels, 1, stride)), ("1", BatchNorm2d(outChannels)));
            register_module("downsample", _downsample);
        }
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = _bn2.forward(_conv2.forward(functional.relu(_bn1.forward(_conv1.forward(input)))));
        var shortcut = _downsample?.forward(input) ?? input;
        return functional.relu(residual + shortcut).MoveToOuterDisposeScope();
    }

    /// <summary>A convolution without bias, "same" padding, with He initialisation by fan-out.</summary>
    public static Conv2d Convolution(int inChannels, int outChannels, int kernel, int stride)
    {
        var convolution = Conv2d(inChannels, outChannels, kernel, stride, padding: kernel / 2, bias: false);
        init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        return convolution;
    }
}
