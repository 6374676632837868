using Lens2Logit.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>The network as it computes in training: here the network itself, with its kernels in another memory format if asked for.</summary>
internal class ComputeNetwork : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly bool _channelsLast;

    private protected ComputeNetwork(nn.Module<Tensor, Tensor> network, bool channelsLast)
    {
        (_network, _channelsLast) = (network, channelsLast);
        if (channelsLast)
            Arrange(network, TensorMemory.ChannelsLast);
    }

    /// <summary>What the options ask for; to be made when the modules have the weights to start with.</summary>
    public static ComputeNetwork Create(TrainingOptions options, TrainedModules modules) => options.Precision == TrainingPrecision.BFloat16
        ? new BFloat16Network(modules, options.ChannelsLast)
        : new ComputeNetwork(modules.Network, options.ChannelsLast);

    /// <summary>Logits in Float32.</summary>
    public virtual Tensor Forward(Tensor views) => _network.forward(_channelsLast ? TensorMemory.ChannelsLast(views) : views);

    /// <summary>The copy that computes in the network's stead, or null.</summary>
    public virtual nn.Module? Copy => null;

    /// <summary>Forgets the gradients of a copy.</summary>
    public virtual void ClearGradients()
    {
    }

    /// <summary>Hands the gradients of a copy to the network.</summary>
    public virtual void TakeGradients()
    {
    }

    /// <summary>Hands the network's weights to a copy.</summary>
    public virtual void Publish()
    {
    }

    /// <summary>Hands the statistics of a copy to the network: before anything is done with that.</summary>
    public virtual void TakeStatistics()
    {
    }

    /// <summary>The network's kernels are in the usual format again.</summary>
    public virtual void Dispose()
    {
        if (_channelsLast)
            Arrange(_network, Contiguous);
    }

    private protected static Tensor Contiguous(Tensor kernel) => kernel.contiguous();

    private protected static void Arrange(nn.Module network, Func<Tensor, Tensor> format)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var kernel in network.parameters().Where(p => p.dim() == 4))
            kernel.set_(format(kernel.detach()));
    }
}
