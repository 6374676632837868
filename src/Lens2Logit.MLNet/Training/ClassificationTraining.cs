using Lens2Logit.Stages;
using Microsoft.ML.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>The training loop: back-propagates the cross entropy of the logits through network and stages.</summary>
internal sealed class ClassificationTraining
{
    private const int EvaluationBatch = 64;

    private readonly RawImageClassificationTrainer.Options _options;
    private readonly StageChain _chain;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly Device _device;
    private readonly int _seed;

    public ClassificationTraining(RawImageClassificationTrainer.Options options, StageChain chain, nn.Module<Tensor, Tensor> network, Device device, int seed)
    {
        (_options, _chain, _network, _device, _seed) = (options, chain, network, device, seed);
        Prepare(network, options.FreezeNetwork);
        foreach (var link in chain.Links)
            Prepare(link.Stage, options.FreezeStages);

        void Prepare(nn.Module module, bool frozen)
        {
            module.to(device);
            foreach (var parameter in module.parameters())
                parameter.requires_grad_(!frozen);
        }
    }

    /// <summary>Trains for the epochs asked for, or until cancelled: the weights are then those of the last finished step.</summary>
    /// <exception cref="InvalidOperationException">The loss is no longer a number.</exception>
    public void Run(TrainingRows train, TrainingRows? validation, IChannel channel, Action<TrainingProgress> report, Func<bool> isCancelled)
    {
        var batches = BatchBounds(train.Count);
        int steps = batches.Count * _options.Epochs, step = 0;
        using var optimizer = CreateOptimizer();
        var groups = optimizer?.ParamGroups.ToArray() ?? [];
        var initialRates = Array.ConvertAll(groups, g => g.LearningRate);
        var order = Enumerable.Range(0, train.Count).ToArray();

        for (int epoch = 1; epoch <= _options.Epochs; epoch++)
        {
            SetTraining(true);
            int epochSeed = EpochSeed(_seed, epoch);
            new Random(epochSeed).Shuffle(order);
            double loss = 0;
            int rows = 0, right = 0;
            foreach (var (start, end) in batches)
            {
                if (isCancelled())
                {
                    channel.Warning($"Training was cancelled in epoch {epoch} after {step} of {steps} steps; the model is as it was then.");
                    return;
                }
                double factor = RateFactor(step, steps);
                for (int g = 0; g < groups.Length; g++)
                    groups[g].LearningRate = initialRates[g] * factor;
                var (batchLoss, batchRight) = Step(train, order.AsSpan(start, end - start), epochSeed, optimizer);
                step++;
                if (!double.IsFinite(batchLoss))
                    throw new InvalidOperationException($"The loss is {batchLoss} at step {step} (epoch {epoch}). Lower LearningRate or StageLearningRate.");
                loss += batchLoss * (end - start);
                rows += end - start;
                right += batchRight;
                bool last = end == order.Length;
                report(new()
                {
                    Epoch = epoch,
                    Epochs = _options.Epochs,
                    Step = step,
                    Steps = steps,
                    Loss = loss / rows,
                    Accuracy = (double)right / rows,
                    EndOfEpoch = last,
                    ValidationAccuracy = last && validation is not null ? Accuracy(validation) : null,
                });
            }
        }
    }

    /// <summary>Share of the rows that the modules, in eval mode, classify rightly.</summary>
    private double Accuracy(TrainingRows rows)
    {
        SetTraining(false);
        using var noGradients = no_grad();
        int right = 0;
        var indices = Enumerable.Range(0, rows.Count).ToArray();
        for (int start = 0; start < rows.Count; start += EvaluationBatch)
        {
            using var scope = NewDisposeScope();
            var batch = indices.AsSpan(start, Math.Min(EvaluationBatch, rows.Count - start));
            var (images, labels) = rows.Batch(batch, _device);
            right += (int)Forward(images, rows.Keys(batch)).argmax(1).eq(labels).sum().ToInt64();
        }
        return (double)right / rows.Count;
    }

    private (double Loss, int Right) Step(TrainingRows rows, ReadOnlySpan<int> indices, int epochSeed, optim.Optimizer? optimizer)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = rows.Batch(indices, _device);
        var logits = Forward(images, rows.Keys(indices, epochSeed));
        var loss = nn.functional.cross_entropy(logits, labels);
        foreach (var link in _chain.Links)
        {
            if (_options.StagePenaltyWeight > 0 && link.Stage.Penalty() is { } penalty)
                loss += _options.StagePenaltyWeight * penalty;
        }
        if (optimizer is not null)
        {
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
        }
        return (loss.ToDouble(), (int)logits.argmax(1).eq(labels).sum().ToInt64());
    }

    private Tensor Forward(Tensor images, ReadOnlySpan<ulong> rowKeys)
    {
        foreach (var link in _chain.Links)
            images = link.Stage.forward(images, rowKeys);
        return _network.forward(images);
    }

    /// <summary>What is frozen stays in eval mode, so that its statistics do not move either.</summary>
    private void SetTraining(bool training)
    {
        _network.train(training && !_options.FreezeNetwork);
        foreach (var link in _chain.Links)
            link.Stage.train(training && !_options.FreezeStages);
    }

    /// <summary>Adam with one group for the network and one for every parameter of a stage; null if nothing is to be learnt.</summary>
    private Adam? CreateOptimizer()
    {
        var groups = new List<Adam.ParamGroup>();
        if (!_options.FreezeNetwork)
            groups.Add(new(_network.parameters(), _options.LearningRate));
        if (!_options.FreezeStages)
        {
            RequireKnownNames();
            foreach (var link in _chain.Links)
                foreach (var (name, parameter) in link.Stage.named_parameters())
                    groups.Add(new([parameter], StageRate(link, name)));
        }
        return groups.Count > 0 ? optim.Adam(groups) : null;
    }

    private double StageRate(StageLink link, string parameter)
    {
        var rates = _options.ParameterLearningRates;
        return rates.TryGetValue($"{link.OutputColumn}.{parameter}", out double rate) || rates.TryGetValue(parameter, out rate)
            || link.Stage.LearningRates.TryGetValue(parameter, out rate) ? rate : _options.StageLearningRate;
    }

    private void RequireKnownNames()
    {
        var names = _chain.Links.SelectMany(link => link.Stage.named_parameters().SelectMany(p => new[] { p.name, $"{link.OutputColumn}.{p.name}" })).ToHashSet();
        if (_options.ParameterLearningRates.Keys.FirstOrDefault(key => !names.Contains(key)) is { } unknown)
            throw new ArgumentException($"ParameterLearningRates names '{unknown}', which no stage has. Parameters: {string.Join(", ", names.Where(n => n.Contains('.', StringComparison.Ordinal)))}.");
    }

    private double RateFactor(int step, int steps)
    {
        if (step < _options.WarmupSteps)
            return (step + 1.0) / _options.WarmupSteps;
        return _options.Schedule == LearningRateSchedule.Cosine ? 0.5 * (1 + Math.Cos(Math.PI * step / steps)) : 1;
    }

    /// <summary>Rows of each batch. A last batch of one joins the one before: batch normalisation cannot do with a single row.</summary>
    private List<(int Start, int End)> BatchBounds(int rows)
    {
        var bounds = new List<(int, int)>();
        for (int start = 0; start < rows;)
        {
            int end = Math.Min(start + _options.BatchSize, rows);
            if (rows - end == 1)
                end = rows;
            bounds.Add((start, end));
            start = end;
        }
        return bounds;
    }

    private static int EpochSeed(int seed, int epoch) => unchecked(seed * 1_000_003 + epoch);
}
