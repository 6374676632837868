using Lens2Logit.Networks.Normalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lens2Logit.Networks;

/// <summary>
/// The convolutional part of a residual network, with the layer names of torchvision: a 7×7 convolution and four groups of residual
/// blocks. Each of its five stages halves the image.
/// </summary>
internal sealed class ResidualEncoder : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor>[] _stages;

    /// <summary>Creates the encoder with torchvision's random initialisation.</summary>
    /// <param name="depth">18, 34 or 50 layers.</param>
    /// <param name="channels">Channels of the input.</param>
    public ResidualEncoder(int depth, int channels)
        : base($"ResidualEncoder{depth}")
    {
        var (blocks, bottleneck) = Layout(depth);
        var stem = new Stem(channels);
        Named(("conv1", stem.Convolution), ("bn1", stem.Norm));
        var pool = Named(("maxpool", MaxPool2d(3, 2, 1)));
        _stages = new Module<Tensor, Tensor>[5];
        _stages[0] = stem;
        Channels = [64, 0, 0, 0, 0];
        for (int group = 1, inChannels = 64; group <= 4; group++)
        {
            int width = 32 << group, firstStride = group == 1 ? 1 : 2;
            var members = new List<(string, Module<Tensor, Tensor>)>();
            for (int i = 0; i < blocks[group - 1]; i++)
            {
                int stride = i == 0 ? firstStride : 1;
                var block = bottleneck ? ResidualBlock.Bottleneck(inChannels, width, stride) : ResidualBlock.Basic(inChannels, width, stride);
                members.Add(($"{i}", block));
                inChannels = bottleneck ? 4 * width : width;
            }
            var layer = Named(($"layer{group}", Sequential(members)));
            _stages[group] = Sequential(group == 1 ? [.. pool, .. layer] : layer);
            Channels[group] = inChannels;
        }

        // Registered here as well as in the stages that run them, so that torchvision's names get no prefix.
        (string Name, Module<Tensor, Tensor> Module)[] Named(params (string Name, Module<Tensor, Tensor> Module)[] modules)
        {
            foreach (var (name, module) in modules)
                register_module(name, module);
            return modules;
        }
    }

    /// <summary>Channels after each of the five stages.</summary>
    public int[] Channels { get; }

    /// <summary>What the last stage gives: [N, Channels[4], H/32, W/32].</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = input;
        foreach (var stage in _stages)
        {
            var previous = features;
            features = stage.forward(previous);
            if (!ReferenceEquals(previous, input))
                previous.Dispose();
        }
        return features.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What each of the first <paramref name="count"/> stages gives; the s-th, counted from 0, is [N, Channels[s], H/2^(s+1), W/2^(s+1)].
    /// </summary>
    public Tensor[] Features(Tensor input, int count)
    {
        var features = new Tensor[count];
        for (int stage = 0; stage < count; stage++)
            features[stage] = _stages[stage].forward(stage == 0 ? input : features[stage - 1]);
        return features;
    }

    // TorchSharp would add the fields under their own names once the module is part of another; all are registered already.
    protected override void RegisterComponents()
    {
    }

    private static (int[] Blocks, bool Bottleneck) Layout(int depth) => depth switch
    {
        18 => ([2, 2, 2, 2], false),
        34 => ([3, 4, 6, 3], false),
        50 => ([3, 4, 6, 3], true),
        _ => throw new ArgumentOutOfRangeException(nameof(depth), depth, "Residual networks have 18, 34 or 50 layers."),
    };

    /// <summary>What comes before the residual blocks: a 7×7 convolution of every second pixel, batch normalisation and ReLU.</summary>
    private sealed class Stem(int channels) : Module<Tensor, Tensor>(nameof(Stem))
    {
        public Conv2d Convolution { get; } = ResidualBlock.Convolution(channels, 64, kernel: 7, stride: 2);

        public BatchNorm2d Norm { get; } = BatchNorm2d(64);

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return FusedBatchNorm.Apply(Norm, Convolution.forward(input)).MoveToOuterDisposeScope();
        }
    }
}
