using Lens2Logit.Augmentation;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>
/// Trains stages and network together: batches in, gradients back, a report after every step. What is random follows from the seed, the epoch
/// and the row alone, so that two runs on as many threads give the same weights, bit for bit, on a CPU.
/// </summary>
internal sealed class TrainingLoop(TrainingOptions options, TrainingTask task, string architecture, TrainedModules modules, Device device, int seed, IChannel channel)
{
    private readonly Augmenter? _augmenter = options.Augmentation is { } strength ? new(strength, seed) : null;

    /// <summary>Trains for the epochs asked for, or until cancelled: the weights are then those of the last finished step.</summary>
    /// <exception cref="InvalidOperationException">The loss or a gradient is not finite in the first epoch.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first step.</exception>
    public void Run(TrainingRows train, TrainingRows? validation, Action<TrainingProgress> report, Func<bool> isCancelled)
    {
        var sizes = BatchSizes(train.Count);
        using var batches = new BatchReader(train.ImageShape, train.TargetShape, sizes.Max(), device);
        using var validator = validation is null ? null : new Validation(task, modules, validation, options.BatchSize, device);
        using var optimizer = new TrainingOptimizer(options, modules.Learnt);
        using var best = options.EarlyStopping is null ? null : new BestEpoch(options.EarlyStopping, modules);
        var checkpoint = options.CheckpointPath is { } path ? new TrainingCheckpoint(path, TrainingConfiguration.Of(options, task, architecture, modules, train, validation, seed)) : null;
        var (finished, step) = checkpoint?.Resume(modules, optimizer, best) ?? (0, 0);
        if (finished > 0)
            channel.Info($"Training goes on after epoch {finished}, from '{options.CheckpointPath}'.");
        using var network = ComputeNetwork.Create(options, modules);
        using var lastEpoch = new ModulesSnapshot(modules);
        int steps = sizes.Count * options.Epochs;

        for (int epoch = finished + 1; epoch <= options.Epochs && best is not { IsOver: true }; epoch++)
        {
            modules.SetTraining(true, network.Copy);
            using var random = new RandomStream(EpochSeed(epoch));
            var metric = task.NewMetric();
            double loss = 0;
            int rows = 0;
            foreach (var batch in batches.Read(Shuffled(train, epoch), sizes))
            {
                if (isCancelled())
                {
                    if (step == 0)
                        throw new OperationCanceledException("Training was cancelled before its first step; there is no model.", options.CancellationToken);
                    network.TakeStatistics();
                    channel.Warning($"Training was cancelled in epoch {epoch} after {step} of {steps} steps; the model is as it was then.");
                    return;
                }
                double factor = TrainingOptimizer.RateFactor(options, step, steps);
                step++;
                var (batchLoss, norm) = Step(batch, epoch, network, optimizer, metric, factor);
                if (!double.IsFinite(batchLoss) || !double.IsFinite(norm))
                {
                    GoBack(lastEpoch, batch, optimizer, batchLoss, step, epoch);
                    return;
                }
                loss += batchLoss * batch.Count;
                rows += batch.Count;
                bool last = rows == train.Count;
                var validated = last ? EndEpoch(epoch) : null;
                report(new()
                {
                    Epoch = epoch,
                    Epochs = options.Epochs,
                    Step = step,
                    Steps = steps,
                    Loss = loss / rows,
                    MetricName = task.MetricName,
                    Metric = metric.Value,
                    GradientNorm = norm,
                    LearningRate = options.LearningRate * factor,
                    EndOfEpoch = last,
                    ValidationLoss = validated?.Loss,
                    ValidationMetric = validated?.Metric,
                });
            }
            if (best is { IsOver: true })
                channel.Info($"The validation loss has not fallen since epoch {best.Epoch}: training ends after epoch {epoch} of {options.Epochs}.");
        }
        best?.Restore(channel);

        (double Loss, double Metric)? EndEpoch(int epoch)
        {
            network.TakeStatistics();
            var validated = validator?.Measure();
            lastEpoch.Take();
            best?.Add(epoch, validated!.Value.Loss);
            checkpoint?.Save(epoch, step, modules, optimizer, best);
            return validated;
        }
    }

    private (double Loss, double GradientNorm) Step(TrainingBatch batch, int epoch, ComputeNetwork network, TrainingOptimizer optimizer, IMetric metric, double rateFactor)
    {
        using var scope = NewDisposeScope();
        var (images, targets) = batch.ToDevice();
        images = modules.Develop(images, FreshKeys(batch.Keys, epoch));
        if (_augmenter is not null)
            (images, targets) = Augment(_augmenter, images, targets, batch.Keys, epoch);
        var output = network.Forward(images);
        var loss = modules.WithPenalty(task.Loss(output, targets));
        // A GPU is waited for once the gradients are on their way, not between loss and gradients.
        double norm = optimizer.Step(loss, rateFactor, network);
        metric.Add(output.detach(), targets);
        return (loss.ToDouble(), norm);
    }

    /// <summary>A target of two dimensions or more is a mask, and goes through the same geometry.</summary>
    private static (Tensor Images, Tensor Targets) Augment(Augmenter augmenter, Tensor images, Tensor targets, ReadOnlySpan<ulong> keys, int epoch) =>
        targets.dim() > 2 ? augmenter.Apply(images, targets, keys, epoch) : (augmenter.Apply(images, keys, epoch), targets);

    /// <summary>Ends a training that went astray with the state of the last finished epoch.</summary>
    /// <exception cref="InvalidOperationException">No epoch is finished.</exception>
    private void GoBack(ModulesSnapshot lastEpoch, TrainingBatch batch, TrainingOptimizer optimizer, double loss, int step, int epoch)
    {
        var what = double.IsFinite(loss)
            ? $"The gradient of '{optimizer.FirstNonFiniteGradient()}' is not finite at step {step} (epoch {epoch}), though the loss is {loss:G4}."
            : $"The loss is {loss} at step {step} (epoch {epoch}); the first that is not finite is {NonFiniteOrigin.Find(modules, batch)}.";
        const string advice = "Lower LearningRate or StageLearningRate, or set GradientClipNorm.";
        if (epoch == 1)
            throw new InvalidOperationException($"{what} No epoch is finished. {advice}");
        lastEpoch.Restore();
        channel.Error($"{what} Training ends; the model is that of epoch {epoch - 1}. {advice}");
    }

    private IEnumerable<TrainingRow> Shuffled(TrainingRows rows, int epoch) => options.CacheRows
        ? rows.Read(EpochSeed(epoch))
        : ShufflePool.Shuffle(rows.Read(EpochSeed(epoch)), 8 * options.BatchSize, EpochSeed(epoch));

    /// <summary>Rows of each batch. A last batch of one joins the one before: batch normalisation cannot do with a single row.</summary>
    private List<int> BatchSizes(int rows)
    {
        var sizes = new List<int>();
        for (int left = rows; left > 0; left -= sizes[^1])
            sizes.Add(left == options.BatchSize + 1 ? left : Math.Min(left, options.BatchSize));
        return sizes;
    }

    /// <summary>Other keys for the rows in every epoch, so that a stage draws other noise.</summary>
    private ulong[] FreshKeys(ReadOnlySpan<ulong> rowKeys, int epoch)
    {
        // An odd constant (2^64 over the golden ratio) spreads the seed over all bits.
        ulong shift = unchecked(0x9E3779B97F4A7C15 * (ulong)EpochSeed(epoch));
        var keys = rowKeys.ToArray();
        for (int i = 0; i < keys.Length; i++)
            keys[i] = unchecked(keys[i] + shift);
        return keys;
    }

    private int EpochSeed(int epoch) => unchecked(seed * 1_000_003 + epoch);
}
