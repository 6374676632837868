using Lens2Logit.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>
/// A copy of the network that computes in bfloat16:
/// <code>
/// weights, Float32 ──► copy, bfloat16 ──► loss ──► gradients, bfloat16
///        ▲                                                │
///        └───────── Adam, Float32 ◄── gradients, Float32 ◄┘
/// </code>
/// Layers that normalise stay in Float32 (torch mixes the two there), so that their statistics lose nothing.
/// </summary>
internal sealed class BFloat16Network : ComputeNetwork
{
    private readonly nn.Module<Tensor, Tensor> _master, _copy;
    private readonly bool _channelsLast;
    private readonly (Parameter Master, Parameter Copy)[] _parameters;
    private readonly (Tensor Master, Tensor Copy)[] _buffers;

    public BFloat16Network(TrainedModules modules, bool channelsLast)
        : this(modules, modules.CreateCopy(), channelsLast)
    {
    }

    private BFloat16Network(TrainedModules modules, nn.Module<Tensor, Tensor> copy, bool channelsLast)
        : base(Convert(copy), channelsLast)
    {
        (_master, _copy, _channelsLast) = (modules.Network, copy, channelsLast);
        // Weights and gradients go to and fro between the two in every step: in one format that is a plain pass over memory.
        if (channelsLast)
            Arrange(_master, TensorMemory.ChannelsLast);
        _parameters = [.. modules.Network.parameters().Zip(copy.parameters())];
        _buffers = [.. modules.Network.buffers().Zip(copy.buffers())];
        foreach (var (master, twin) in _parameters)
            twin.requires_grad_(master.requires_grad);
        Publish();
        using var noGradients = no_grad();
        foreach (var (master, twin) in _buffers)
            twin.copy_(master);
    }

    public override nn.Module Copy => _copy;

    public override Tensor Forward(Tensor views) => base.Forward(views.to(ScalarType.BFloat16)).to(ScalarType.Float32);

    public override void ClearGradients() => _copy.zero_grad();

    public override void TakeGradients()
    {
        foreach (var (master, twin) in _parameters)
        {
            if (twin.grad is { } gradient)
                master.grad = gradient.to(ScalarType.Float32);
        }
    }

    public override void Publish()
    {
        using var noGradients = no_grad();
        foreach (var (master, twin) in _parameters)
            twin.copy_(master);
    }

    public override void TakeStatistics()
    {
        using var noGradients = no_grad();
        foreach (var (master, twin) in _buffers)
            master.copy_(twin);
    }

    public override void Dispose()
    {
        if (_channelsLast)
            Arrange(_master, Contiguous);
        base.Dispose();
        _copy.Dispose();
    }

    private static nn.Module<Tensor, Tensor> Convert(nn.Module<Tensor, Tensor> copy)
    {
        foreach (var (_, layer) in copy.named_modules())
        {
            if (!layer.named_children().Any() && layer is not (NormBase or LayerNorm or GroupNorm))
                layer.to(ScalarType.BFloat16);
        }
        return copy;
    }
}
