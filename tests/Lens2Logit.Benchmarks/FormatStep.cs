using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Benchmarks;

/// <summary>A step of the network alone, as the training loop takes it, in a memory format and precision.</summary>
internal sealed class FormatStep : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly ComputeNetwork _compute;
    private readonly TrainingOptimizer _optimizer;
    private readonly ClassificationTask _task = new(null);
    private readonly Tensor _images, _labels;

    public FormatStep(int size, int batch, TrainingPrecision precision, bool channelsLast, Device device)
    {
        var options = new RawImageClassificationTrainer.Options { Precision = precision, ChannelsLast = channelsLast };
        _network = Create();
        var modules = new TrainedModules(options, new("Rgb", [3, size, size], []), _network, Create, device);
        _optimizer = new(options, modules.Learnt);
        _compute = ComputeNetwork.Create(options, modules);
        modules.SetTraining(true, _compute.Copy);
        _images = rand([batch, 3, size, size], device: device);
        _labels = arange(batch, ScalarType.Float32, device).remainder(5);

        static nn.Module<Tensor, Tensor> Create() => NetworkRegistry.Create(Architecture.ResNet18, new() { Classes = 5 });
    }

    public void Run()
    {
        using var scope = NewDisposeScope();
        var loss = _task.Loss(_compute.Forward(_images), _labels);
        _optimizer.Step(loss, 1, _compute);
        loss.ToDouble();
    }

    public void Dispose()
    {
        _compute.Dispose();
        _optimizer.Dispose();
        _network.Dispose();
        _images.Dispose();
        _labels.Dispose();
    }
}
