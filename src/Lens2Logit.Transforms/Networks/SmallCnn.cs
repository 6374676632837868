using Lens2Logit.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lens2Logit.Networks;

/// <summary>
/// Four blocks of 3×3 convolution, batch normalisation, ReLU and 2×2 max pooling with 16, 32, 64 and 128 channels, then a global
/// average and a linear layer. For images of about 64 pixels, on a CPU.
/// </summary>
public sealed class SmallCnn : Module<Tensor, Tensor>
{
    private readonly Sequential _features;
    private readonly Linear _classifier;

    /// <summary>Creates the network with random weights.</summary>
    /// <param name="options">Sizes of its ends.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SmallCnn(NetworkOptions options)
        : base(TorchNative.LoadedFor(nameof(SmallCnn)))
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        int channels = options.Channels;
        foreach (int width in (int[])[16, 32, 64, 128])
        {
            layers.Add(($"conv{width}", Conv2d(channels, width, 3, padding: 1, bias: false)));
            layers.Add(($"norm{width}", BatchNorm2d(width)));
            layers.Add(($"relu{width}", ReLU()));
            layers.Add(($"pool{width}", MaxPool2d(2)));
            channels = width;
        }
        _features = Sequential(layers);
        _classifier = Linear(channels, options.Classes);
        register_module("features", _features);
        register_module("classifier", _classifier);
    }

    /// <summary>Computes logits.</summary>
    /// <param name="input">Images [N, C, H, W], height and width at least 16.</param>
    /// <returns>Logits [N, classes].</returns>
    /// <exception cref="ArgumentException">The batch has another shape, or its images are too small; the message says what is expected.</exception>
    public override Tensor forward(Tensor input)
    {
        if (input.dim() != 4)
            throw new ArgumentException($"{nameof(SmallCnn)} takes [N, C, H, W]; found [{string.Join(", ", input.shape)}].");
        if (input.shape[2] < 16 || input.shape[3] < 16)
            throw new ArgumentException($"{nameof(SmallCnn)} halves images four times and needs at least 16×16 pixels; found {input.shape[2]}×{input.shape[3]}.");
        using var scope = NewDisposeScope();
        return _classifier.forward(_features.forward(input).mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Does nothing: all parts are registered already, under names without an underscore.</remarks>
    protected override void RegisterComponents()
    {
    }
}
