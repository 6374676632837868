using Lens2Logit.Isp;
using Lens2Logit.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Benchmarks;

/// <summary>How the parametrised ISP takes part in a training step.</summary>
internal enum IspRole
{
    /// <summary>The network sees ready images.</summary>
    Absent,

    /// <summary>It develops, in eval mode, and learns nothing.</summary>
    Frozen,

    /// <summary>It learns with the network.</summary>
    Learned,

    /// <summary>It learns with the network, by torch's own operations one after the other, as one would write it down.</summary>
    Eager,
}

/// <summary>One step of the trainer: forward, backward, Adam, with its groups of parameters.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly ParametrizedIsp? _isp;
    private readonly Adam _optimizer;
    private readonly Tensor _images, _labels;

    public TrainingStep(string architecture, IspRole role, int size, int batch, Device? device = null)
    {
        device ??= CPU;
        bool learns = role is IspRole.Learned or IspRole.Eager;
        _network = NetworkRegistry.Create(architecture, new() { Classes = 5 });
        _network.to(device);
        var groups = new List<Adam.ParamGroup> { new(_network.parameters(), 1e-3) };
        if (role != IspRole.Absent)
        {
            _isp = new(new() { Camera = CameraParameters.RawDrone });
            if (role == IspRole.Eager)
                _isp.Vectors = null;
            _isp.to(device);
            _isp.train(learns);
            foreach (var parameter in _isp.parameters())
            {
                parameter.requires_grad_(learns);
                if (learns)
                    groups.Add(new([parameter], 1e-4));
            }
        }
        _optimizer = optim.Adam(groups);
        _images = role == IspRole.Absent ? Batch(TestImages.Scenes(size, batch), device, 3, size, size) : Batch(TestImages.Mosaics(size, batch), device, size, size);
        _labels = arange(batch, ScalarType.Int64, device).remainder(5);
    }

    public void Run()
    {
        using var scope = NewDisposeScope();
        var images = _isp is null ? _images : _isp.forward(_images);
        var loss = nn.functional.cross_entropy(_network.forward(images), _labels);
        _optimizer.zero_grad();
        loss.backward();
        _optimizer.step();
        loss.ToDouble();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        _isp?.Dispose();
        _images.Dispose();
        _labels.Dispose();
    }

    private static Tensor Batch(float[][] images, Device device, params long[] shape) =>
        tensor(images.SelectMany(image => image).ToArray(), device: device).view([images.Length, .. shape]);
}
