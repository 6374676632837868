using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>Loss and metric on rows that are not trained on, with the modules in eval mode.</summary>
internal sealed class Validation(TrainingTask task, TrainedModules modules, TrainingRows rows, int batchSize, Device device) : IDisposable
{
    private readonly BatchReader _batches = new(rows.ImageShape, rows.TargetShape, batchSize, device);

    public (double Loss, double Metric) Measure()
    {
        modules.SetTraining(false);
        var metric = task.NewMetric();
        double loss = 0;
        foreach (var batch in _batches.Read(rows.Read(seed: null), [.. rows.Keys.Chunk(batchSize).Select(chunk => chunk.Length)]))
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            var (images, targets) = batch.ToDevice();
            var output = modules.Network.forward(modules.Develop(images, batch.Keys));
            loss += task.Loss(output, targets).ToDouble() * batch.Count;
            metric.Add(output, targets);
        }
        return (loss / rows.Count, metric.Value);
    }

    public void Dispose() => _batches.Dispose();
}
