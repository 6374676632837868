using Lens2Logit.Networks.Normalization;
using Lens2Logit.Networks.Winograd;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lens2Logit.Networks;

/// <summary>The nested decoder of U-Net++, named and wired as in segmentation-models-pytorch 0.2.0.</summary>
/// <remarks>
/// f₀ is the coarsest of the encoder's D features. A node x_d_l takes the one before it in its row at twice the size, with skip connections:
/// <code>
/// first pass    x_l_l = block(2×f_l, [f_l+1])
/// next passes   x_d_l = block(2×x_d_(l−1), [x_(d+1)_l, …, x_l_l, f_l+1])
/// last          x_0_(D−1) = block(2×x_0_(D−2), [])
/// </code>
/// </remarks>
internal sealed class UnetPlusPlusDecoder : Module<Tensor[], Tensor>
{
    private readonly Dictionary<(int Row, int Level), Sequential> _blocks = [];
    private readonly int _last;

    /// <summary>Creates the decoder.</summary>
    /// <param name="encoderChannels">Channels of the encoder's features, finest first.</param>
    /// <param name="channels">Channels of x_0_0, x_0_1, …: as many as features.</param>
    public UnetPlusPlusDecoder(ReadOnlySpan<int> encoderChannels, int[] channels)
        : base(nameof(UnetPlusPlusDecoder))
    {
        _last = channels.Length - 1;
        var features = encoderChannels.ToArray();
        Array.Reverse(features);
        for (int level = 0; level < _last; level++)
        {
            // Row 0 has the decoder's widths, the others those of the encoder.
            int skip = features[level + 1];
            _blocks[(0, level)] = Block((level == 0 ? features[0] : channels[level - 1]) + skip * (level + 1), channels[level]);
            for (int row = 1; row <= level; row++)
                _blocks[(row, level)] = Block(features[level] + skip * (level + 1 - row), skip);
        }
        _blocks[(0, _last)] = Block(channels[_last - 1], channels[_last]);
        register_module("blocks", Sequential(_blocks.Select(b => ($"x_{b.Key.Row}_{b.Key.Level}", (Module<Tensor, Tensor>)b.Value))));
    }

    /// <param name="input">The encoder's features, finest first.</param>
    /// <returns>[N, channels, H, W] at twice the finest size.</returns>
    public override Tensor forward(Tensor[] input)
    {
        using var scope = NewDisposeScope();
        var features = input.Reverse().ToArray();
        var nodes = new Dictionary<(int Row, int Level), Tensor>();
        for (int pass = 0; pass < _last; pass++)
        {
            for (int row = 0; row < _last - pass; row++)
            {
                int level = row + pass;
                var coarse = pass == 0 ? features[row] : nodes[(row, level - 1)];
                Tensor[] skips = [.. Enumerable.Range(row + 1, pass).Select(r => nodes[(r, level)]), features[level + 1]];
                nodes[(row, level)] = Run(row, level, coarse, skips);
            }
        }
        return Run(0, _last, nodes[(0, _last - 1)], []).MoveToOuterDisposeScope();
    }

    // TorchSharp would add the fields under their own names once the module is part of another; all are registered already.
    protected override void RegisterComponents()
    {
    }

    private Tensor Run(int row, int level, Tensor coarse, Tensor[] skips)
    {
        using var scope = NewDisposeScope();
        var image = functional.interpolate(coarse, scale_factor: [2, 2], mode: InterpolationMode.Nearest);
        if (skips.Length > 0)
            image = cat([image, .. skips], 1);
        return _blocks[(row, level)].forward(image).MoveToOuterDisposeScope();
    }

    private static Sequential Block(int inChannels, int outChannels) =>
        Sequential(("conv1", new Layer(inChannels, outChannels)), ("conv2", new Layer(outChannels, outChannels)));

    /// <summary>A 3×3 convolution with He initialisation by fan-in, batch normalisation and ReLU.</summary>
    private sealed class Layer : Module<Tensor, Tensor>
    {
        private readonly Conv2d _convolution;
        private readonly BatchNorm2d _norm;

        public Layer(int inChannels, int outChannels)
            : base("Conv2dReLU")
        {
            _convolution = Conv2d(inChannels, outChannels, 3, padding: 1, bias: false);
            init.kaiming_uniform_(_convolution.weight, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU);
            _norm = BatchNorm2d(outChannels);
            register_module("0", _convolution);
            register_module("1", _norm);
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return FusedBatchNorm.Apply(_norm, WinogradConvolution.Apply(_convolution, input)).MoveToOuterDisposeScope();
        }

        // TorchSharp would add the fields under their own names once the module is part of another; both are registered already.
        protected override void RegisterComponents()
        {
        }
    }
}
