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

/// <summary>An epoch of the training loop over raw rows that are read from a cached data view while the network computes.</summary>
internal sealed class LoopEpoch : IDisposable
{
    private readonly IChannel _channel;
    private readonly TrainingRows _rows;
    private readonly nn.Module<Tensor, Tensor> _network = NetworkRegistry.Create(Architecture.ResNet18, new() { Classes = 5 });
    private readonly ParametrizedIsp _isp = new(new() { Camera = CameraParameters.RawDrone });
    private readonly TrainingLoop _loop;

    public LoopEpoch(int size, int batch, int batches)
    {
        var ml = new MLContext(seed: 1);
        _channel = ((IHostEnvironment)ml).Register("Benchmark").Start("Train");
        var smear = ml.Data.LoadSyntheticSmear(new() { Count = batch * batches, Size = size });
        var measured = ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone).Append(ml.Transforms.Conversion.MapValueToKey("Label")).Fit(smear).Transform(smear);
        var options = new RawImageClassificationTrainer.Options { Epochs = 1, BatchSize = batch, CacheRows = false };
        _rows = TrainingRows.Open(RowReading.Cached(ml, measured, "Raw"), "Raw", [size, size], new LabelColumn("Label"), keep: false, _channel, CancellationToken.None);
        var modules = new TrainedModules(options, new("Raw", [size, size], [new("Raw", "Rgb", _isp)]), _network, () => throw new InvalidOperationException(), CPU);
        _loop = new(options, new ClassificationTask(null), Architecture.ResNet18, modules, CPU, 1, _channel);
    }

    public void Run() => _loop.Run(_rows, null, _ => { }, () => false);

    public void Dispose()
    {
        _network.Dispose();
        _isp.Dispose();
        _channel.Dispose();
    }
}
