using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>What is learnt: the loss of a batch and the metric of a set. Everything else about training is the same for all tasks.</summary>
internal abstract class TrainingTask
{
    /// <summary>Name of the metric, as <see cref="TrainingProgress.MetricName"/> gives it.</summary>
    public abstract string MetricName { get; }

    /// <summary>What the loss depends on beside output and target, as text.</summary>
    public abstract string Description { get; }

    /// <summary>Mean loss of a batch, a scalar.</summary>
    /// <param name="output">What the network gives.</param>
    /// <param name="target">[N, …], Float32, as the target column was read.</param>
    public abstract Tensor Loss(Tensor output, Tensor target);

    /// <summary>Starts to measure a set.</summary>
    public abstract IMetric NewMetric();
}

/// <summary>A metric that collects batches.</summary>
internal interface IMetric
{
    /// <summary>The metric over all batches so far, in [0, 1].</summary>
    double Value { get; }

    void Add(Tensor output, Tensor target);
}
