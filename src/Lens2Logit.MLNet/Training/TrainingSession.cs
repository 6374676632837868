using Lens2Logit.IO;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.MLNet.Training.Tracking;
using Lens2Logit.MLNet.Transforms;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>
/// What every trainer's Fit does around its task: device, stages, rows, warm start, and the loop with its reports. It holds stages and network
/// until the fitted transformer does; where Fit fails, they are released with it.
/// </summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly IHost _host;
    private readonly TrainingOptions _options;
    private readonly IDataView _input;
    private readonly List<ModuleLease> _leases = [];

    /// <exception cref="ArgumentException">The feature column or that of a stage is missing or no image.</exception>
    public TrainingSession(IHost host, TrainingOptions options, IDataView input)
    {
        (_host, _options, _input) = (host, options, input);
        Channel = host.Start("Train");
        try
        {
            Device = TrainingDevice.Of(host, Channel);
            Seed = options.Seed ?? MLEnvironment.SeedOf(host);
            Chain = options.Stages is { Count: > 0 } stages ? StageChain.Of(input.Schema, stages, options.FeatureColumnName) : StageChain.Discover(input.Schema, options.FeatureColumnName);
            _leases.AddRange(Chain.Links.Select(link => new ModuleLease(link.Stage)));
            if (Chain.Links.Count == 0 && !options.ExpectNoStage)
                ReportMissingStage();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where messages about the training go.</summary>
    public IChannel Channel { get; }

    public Device Device { get; }

    public int Seed { get; }

    public StageChain Chain { get; }

    /// <summary>Holds the network too.</summary>
    public nn.Module<Tensor, Tensor> Hold(nn.Module<Tensor, Tensor> network)
    {
        _leases.Add(new(network));
        return network;
    }

    /// <summary>Reads the training rows and, if the options say so, those to validate on.</summary>
    /// <exception cref="InvalidDataException">There is no row with a target.</exception>
    public (TrainingRows Train, TrainingRows? Validation) Read(TargetColumn target)
    {
        var train = Open(_input, target);
        if (_options.Stages is null)
            FeatureCheck.Run(_input, Chain, _options.FeatureColumnName);
        if (_options.ValidationSet is { } set)
            return (train, Open(set, target));
        if (_options.ValidationFraction == 0)
            return (train, null);
        var (kept, drawn) = train.Split(_options.ValidationFraction, Seed);
        if (drawn.Count == 0 || kept.Count == 0)
            throw new InvalidDataException($"A {nameof(TrainingOptions.ValidationFraction)} of {_options.ValidationFraction} leaves {kept.Count} of {train.Count} rows for training and {drawn.Count} for validation.");
        return (kept, drawn);
    }

    /// <summary>Copies weights from a fitted model.</summary>
    /// <exception cref="ArgumentException">A stage is missing there or has other options.</exception>
    public void CopyWeights(nn.Module fittedNetwork, IReadOnlyList<StageLink> fittedLinks, nn.Module network)
    {
        Copy(fittedNetwork, network);
        foreach (var link in Chain.Links)
        {
            var fitted = fittedLinks.FirstOrDefault(l => l.OutputColumn == link.OutputColumn)?.Stage;
            if (fitted is null || fitted.Kind != link.Stage.Kind || fitted.OptionsToJson() != link.Stage.OptionsToJson())
                throw new ArgumentException($"{nameof(TrainingOptions.InitialModel)} has no stage '{link.Stage.Kind}' with the same options for column '{link.OutputColumn}'.");
            Copy(fitted, link.Stage);
        }

        static void Copy(nn.Module source, nn.Module target)
        {
            using var weights = new MemoryStream();
            ModuleWeights.Save(source, weights);
            weights.Position = 0;
            ModuleWeights.Load(target, weights);
        }
    }

    /// <summary>Trains the network and the stages.</summary>
    /// <param name="architecture">Name of the network.</param>
    /// <param name="network">The network with its initial weights.</param>
    /// <param name="create">Builds another network like it.</param>
    /// <param name="task">What is learnt.</param>
    /// <param name="train">The rows to train on.</param>
    /// <param name="validation">The rows to validate on, or null.</param>
    /// <exception cref="InvalidOperationException">The loss or a gradient is not finite in the first epoch.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first step.</exception>
    public void Train(string architecture, nn.Module<Tensor, Tensor> network, Func<nn.Module<Tensor, Tensor>> create, TrainingTask task, TrainingRows train, TrainingRows? validation)
    {
        Channel.Info($"Training {architecture} through {Chain} on {Device}.");
        if (_options is { FreezeNetwork: true, InitialModel: null, Weights: null })
            Channel.Warning($"{nameof(TrainingOptions.FreezeNetwork)} without {nameof(TrainingOptions.InitialModel)} or {nameof(TrainingOptions.Weights)}: the network keeps its random initial weights.");
        using var progressChannel = _host.StartProgressChannel("Training");
        TrainingProgress? latest = null;
        progressChannel.SetHeader(new ProgressHeader(["Loss", task.MetricName, "ValidationLoss", $"Validation {task.MetricName}"], ["epochs"]), entry =>
        {
            if (latest is null)
                return;
            entry.SetProgress(0, latest.Epoch, latest.Epochs);
            entry.SetMetric(0, latest.Loss);
            entry.SetMetric(1, latest.Metric);
        });
        var modules = new TrainedModules(_options, Chain, network, create, Device);
        var board = _options.TensorBoardFolder is { } folder ? new TensorBoardLog(folder, modules) : null;
        var tracker = _options.StageTracking is { } tracking ? new StageTracker(tracking, modules, task, train, Device) : null;
        new TrainingLoop(_options, task, architecture, modules, Device, Seed, Channel).Run(train, validation, Report,
            () => _options.CancellationToken.IsCancellationRequested || MLEnvironment.IsCancelled(_host));

        void Report(TrainingProgress progress)
        {
            latest = progress;
            if (progress.EndOfEpoch)
            {
                Channel.Info(EpochText(progress));
                progressChannel.Checkpoint((double?)progress.Loss, (double?)progress.Metric, progress.ValidationLoss, progress.ValidationMetric, progress.Epoch);
            }
            board?.Add(progress);
            if (progress.EndOfEpoch && tracker is not null)
            {
                foreach (var (row, picture) in tracker.Draw(progress.Epoch))
                    board?.AddPicture($"stages/row {row}", picture, progress.Step);
            }
            _options.Progress?.Report(progress);
        }
    }

    public void Dispose()
    {
        foreach (var lease in _leases)
            lease.Dispose();
        Channel.Dispose();
    }

    private static string EpochText(TrainingProgress progress) =>
        FormattableString.Invariant($"Epoch {progress.Epoch} of {progress.Epochs}: loss {progress.Loss:F4}, {progress.MetricName} {progress.Metric:P1}")
        + (progress.ValidationMetric is { } metric ? FormattableString.Invariant($", validation loss {progress.ValidationLoss:F4}, validation {progress.MetricName} {metric:P1}.") : ".");

    private TrainingRows Open(IDataView data, TargetColumn target)
    {
        var rows = TrainingRows.Open(data, Chain.SourceColumn, Chain.SourceShape, target, _options.CacheRows, Channel, _options.CancellationToken);
        if (rows.Count == 0)
            throw new InvalidDataException($"There is no row with a {target.Role} in column '{target.Name}'.");
        return rows;
    }

    private void ReportMissingStage()
    {
        var message = $"No differentiable stage made column '{_options.FeatureColumnName}': only the network is trained. "
            + "ProcessRaw with ParametrizedIspOptions in front of the trainer makes one.";
        if (_options.RequireDifferentiableStage)
            throw new ArgumentException(message);
        Channel.Warning(message);
    }
}
