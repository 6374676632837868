using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Networks;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Benchmarks;

/// <summary>The training loop over raw rows that are read from a cached data view, anew in every epoch, while the network computes.</summary>
internal sealed class LoopRun : IDisposable
{
    private readonly IChannel _channel;
    private readonly TrainingRows _rows;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly ParametrizedIsp _isp = new(new() { Camera = CameraParameters.RawDrone });
    private readonly TrainingLoop _loop;

    public LoopRun(string architecture, int size, int batch, int batches, int epochs, Device device)
    {
        _network = NetworkRegistry.Create(architecture, new() { Classes = 5 });
        var ml = new MLContext(seed: 1);
        _channel = ((IHostEnvironment)ml).Register("Benchmark").Start("Train");
        var smear = ml.Data.LoadSyntheticSmear(new() { Count = batch * batches, Size = size });
        var measured = ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone).Append(ml.Transforms.Conversion.MapValueToKey("Label")).Fit(smear).Transform(smear);
        var options = new RawImageClassificationTrainer.Options { Epochs = epochs, BatchSize = batch, CacheRows = false };
        _rows = TrainingRows.Open(RowReading.Cached(ml, measured, "Raw"), "Raw", [size, size], new LabelColumn("Label"), keep: false, _channel, CancellationToken.None);
        var modules = new TrainedModules(options, new("Raw", [size, size], [new("Raw", "Rgb", _isp)]), _network, () => throw new InvalidOperationException(), device);
        _loop = new(options, new ClassificationTask(null), architecture, modules, device, 1, _channel);
    }

    public void Run() => Run(_ => { });

    /// <param name="afterStep">Receives the number of steps done.</param>
    public void Run(Action<int> afterStep) => _loop.Run(_rows, null, progress => afterStep(progress.Step), () => false);

    public void Dispose()
    {
        _network.Dispose();
        _isp.Dispose();
        _channel.Dispose();
    }
}
