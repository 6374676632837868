using Lens2Logit.IO;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>
/// Trains a TorchSharp network to classify images, together with the differentiable stages (such as the parametrised ISP) that made them.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ### Input and output columns
/// | Column | Type | |
/// | -- | -- | -- |
/// | label | key | made by `Conversion.MapValueToKey` |
/// | feature | `Vector<Single>[C, H, W]` | if differentiable stages made it, the column they started from is read instead, and all of it is trained |
/// | *PredictedLabel* | key | the class with the highest score |
/// | *Score* | `Vector<Single>[classes]` | probabilities, in the order of the label's keys |
/// | *the columns of the stages* | | made again by the trained stages |
///
/// ### Trainer characteristics
/// |  |  |
/// | -- | -- |
/// | Machine learning task | Multiclass classification |
/// | Is normalization required? | No |
/// | Is caching required? | No: rows are read once and kept in memory, N·H·W·4 bytes |
/// | Required NuGet in addition to Microsoft.ML | TorchSharp-cpu or TorchSharp-cuda-linux / -windows, in the application |
/// ]]></format>
/// </remarks>
public sealed class RawImageClassificationTrainer : IEstimator<RawImageClassificationTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;

    /// <summary>Options of the trainer.</summary>
    public sealed record Options
    {
        /// <summary>Name of the label column, a key. Default <c>Label</c>.</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>Name of the image column [C, H, W]. Default <c>Rgb</c>.</summary>
        public string FeatureColumnName { get; init; } = "Rgb";

        /// <summary>Name of the score column to create. Default <c>Score</c>.</summary>
        public string ScoreColumnName { get; init; } = "Score";

        /// <summary>Name of the predicted label column to create. Default <c>PredictedLabel</c>.</summary>
        public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

        /// <summary>The network: a name from <see cref="Networks.Architecture"/> or one registered with <see cref="NetworkRegistry"/>. Default ResNet18.</summary>
        public string Architecture { get; init; } = Networks.Architecture.ResNet18;

        /// <summary>How often every row is seen, at least 1. Default 10.</summary>
        public int Epochs { get; init; } = 10;

        /// <summary>Rows per step, at least 2: batch normalisation cannot do with one. Default 32.</summary>
        public int BatchSize { get; init; } = 32;

        /// <summary>Adam's learning rate for the network, above 0. Default 1e-3.</summary>
        public double LearningRate { get; init; } = 1e-3;

        /// <summary>Adam's learning rate for the stages' parameters, at least 0. Default 1e-2.</summary>
        public double StageLearningRate { get; init; } = 1e-2;

        /// <summary>
        /// Learning rates of single stage parameters by their name in the state dictionary, in place of <see cref="StageLearningRate"/>; 0 keeps
        /// a parameter as it is. Default: <c>black_level</c> 1e-4, because a full-scale raw value is 1 and larger steps ruin it.
        /// </summary>
        public IReadOnlyDictionary<string, double> ParameterLearningRates { get; init; } = new Dictionary<string, double> { ["black_level"] = 1e-4 };

        /// <summary>How the rates change over the steps. Default cosine.</summary>
        public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

        /// <summary>Steps over which the rates rise from 0 at the start, at least 0. Default 0.</summary>
        public int WarmupSteps { get; init; }

        /// <summary>Whether the network keeps its weights and statistics; only the stages learn. Default false.</summary>
        public bool FreezeNetwork { get; init; }

        /// <summary>Whether the stages keep their weights and statistics; only the network learns. Default false.</summary>
        public bool FreezeStages { get; init; }

        /// <summary>
        /// A fitted model to start from, by this trainer, alone or in a chain: its network and, where column, kind and options are the same, its
        /// stages give the initial weights. Default null: random network, stages as the pipeline made them.
        /// </summary>
        public ITransformer? InitialModel { get; init; }

        /// <summary>Data on which accuracy is measured after every epoch, transformed like the training data. Default null.</summary>
        public IDataView? ValidationSet { get; init; }

        /// <summary>Whether it is an error, and not a warning, that no differentiable stage is in front of the trainer. Default false.</summary>
        public bool RequireDifferentiableStage { get; init; }

        /// <summary>Seed of initial weights and order. Default null: that of the <see cref="MLContext"/>, or random.</summary>
        public int? Seed { get; init; }

        /// <summary>Receives the progress after every step, on the training thread. Default null.</summary>
        public IProgress<TrainingProgress>? Progress { get; init; }

        /// <summary>Stops the training after the current step; Fit then returns the model so far. Default none.</summary>
        public CancellationToken CancellationToken { get; init; }

        internal void Validate()
        {
            Check(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
            Check(BatchSize >= 2, nameof(BatchSize), BatchSize, "at least 2: batch normalisation cannot do with a single row");
            Check(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
            Check(StageLearningRate >= 0 && double.IsFinite(StageLearningRate), nameof(StageLearningRate), StageLearningRate, "at least 0");
            Check(WarmupSteps >= 0, nameof(WarmupSteps), WarmupSteps, "at least 0");
            Check(Enum.IsDefined(Schedule), nameof(Schedule), Schedule, string.Join(" or ", Enum.GetNames<LearningRateSchedule>()));
            ArgumentNullException.ThrowIfNull(ParameterLearningRates);
            foreach (var (name, rate) in ParameterLearningRates)
                Check(rate >= 0 && double.IsFinite(rate), $"{nameof(ParameterLearningRates)}[{name}]", rate, "at least 0");
            if (!NetworkRegistry.Names.Contains(Architecture))
                throw new ArgumentException($"There is no network '{Architecture}'; registered are {string.Join(", ", NetworkRegistry.Names)}.", nameof(Architecture));

            static void Check(bool valid, string name, object value, string expected)
            {
                if (!valid)
                    throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected {expected}.");
            }
        }
    }

    internal RawImageClassificationTrainer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _host = environment.Register(nameof(RawImageClassificationTrainer));
        _options = options;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var feature = inputSchema.Require(_options.FeatureColumnName, "feature");
        ImageShape.RequireVector(feature, "feature", "Vector<Single>[C, H, W]");
        var label = inputSchema.Require(_options.LabelColumnName, "label");
        if (!label.IsKey || label.Kind != SchemaShape.Column.VectorKind.Scalar)
            throw SchemaColumns.WrongType(label.Name, "label", label.Describe(), $"a key; put Conversion.MapValueToKey(\"{label.Name}\") before the trainer");
        return inputSchema.With(
        [
            SchemaColumns.Key(_options.PredictedLabelColumnName, ScoreAnnotations.PromisedForPredictedLabel(label)),
            SchemaColumns.Vector(_options.ScoreColumnName, NumberDataViewType.Single, ScoreAnnotations.PromisedForScore(label)),
        ]);
    }

    /// <summary>Trains. Only the source and label columns of the data are read.</summary>
    /// <param name="input">The training data.</param>
    /// <returns>The model; on cancellation as it was after the last finished step.</returns>
    /// <exception cref="ArgumentException">A column is missing or has another type or shape, or the initial model does not fit.</exception>
    /// <exception cref="InvalidDataException">The data is empty, has one class only, or holds a pixel that is not finite.</exception>
    /// <exception cref="InvalidOperationException">The loss is no longer a number, or a GPU is asked for and missing.</exception>
    public RawImageClassificationTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var channel = _host.Start("Train");
        var device = TrainingDevice.Of(_host, channel);
        var labels = ClassLabels.Of(input.Schema.Require(_options.LabelColumnName, "label"));
        var chain = StageChain.Discover(input.Schema, _options.FeatureColumnName);
        if (chain.Links.Count == 0)
            ReportMissingStage(channel);
        channel.Info($"Training {_options.Architecture} through {chain} on {device}.");

        var shape = chain.FeatureShape();
        var networkOptions = new NetworkOptions { Channels = shape[0], Classes = labels.Count };
        int seed = _options.Seed ?? MLEnvironment.SeedOf(_host);
        var network = NetworkRegistry.Create(_options.Architecture, networkOptions, seed);
        if (_options.InitialModel is { } initial)
            WarmStart(initial, network, chain, labels);

        var train = ReadRows(input, chain, channel);
        RequireTwoClasses(train, labels);
        FeatureCheck.Run(input, chain, _options.FeatureColumnName);
        var validation = _options.ValidationSet is { } set ? ReadRows(set, chain, channel) : null;
        Train(new(_options, chain, network, device, seed), train, validation, channel);
        return new(RawImageClassificationTransformer.Description.Of(_options, chain, labels, networkOptions), chain, network, device);
    }

    private TrainingRows ReadRows(IDataView data, StageChain chain, IChannel channel)
    {
        var rows = TrainingRows.Read(data, chain.SourceColumn, chain.SourceShape, _options.LabelColumnName, channel, _options.CancellationToken);
        // What was read before a cancellation still makes a model; nothing at all does not.
        if (rows.Count == 0)
            throw new InvalidDataException($"There is no row with a label in column '{_options.LabelColumnName}' to learn from.");
        return rows;
    }

    private static void RequireTwoClasses(TrainingRows rows, ClassLabels labels)
    {
        var present = rows.Labels.Distinct().ToArray();
        if (present.Length < 2)
            throw new InvalidDataException($"All {rows.Count} labelled rows are of class '{labels.Values[(int)present[0]]}'; a classifier needs at least two classes.");
    }

    private void ReportMissingStage(IChannel channel)
    {
        var message = $"No differentiable stage made column '{_options.FeatureColumnName}': only the network is trained. "
            + "ProcessRaw with ParametrizedIspOptions in front of the trainer makes one.";
        if (_options.RequireDifferentiableStage)
            throw new ArgumentException(message);
        channel.Warning(message);
    }

    private static void WarmStart(ITransformer initial, nn.Module network, StageChain chain, ClassLabels labels)
    {
        var model = initial.FindAll<RawImageClassificationTransformer>().LastOrDefault()
            ?? throw new ArgumentException($"{nameof(Options.InitialModel)} holds no model of RawImageClassification.");
        if (!model.ClassNames.SequenceEqual(labels.Values))
            throw new ArgumentException($"{nameof(Options.InitialModel)} tells {string.Join(", ", model.ClassNames)} apart, the data {string.Join(", ", labels.Values)}, in this order.");
        Copy(model.Network, network);
        foreach (var link in chain.Links)
        {
            var fitted = model.StageLinks.FirstOrDefault(l => l.OutputColumn == link.OutputColumn)?.Stage;
            if (fitted is null || fitted.Kind != link.Stage.Kind || fitted.OptionsToJson() != link.Stage.OptionsToJson())
                throw new ArgumentException($"{nameof(Options.InitialModel)} has no stage '{link.Stage.Kind}' with the same options for column '{link.OutputColumn}'.");
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

    private void Train(ClassificationTraining training, TrainingRows train, TrainingRows? validation, IChannel channel)
    {
        using var progressChannel = _host.StartProgressChannel("Training");
        TrainingProgress? latest = null;
        progressChannel.SetHeader(new ProgressHeader(["Loss", "Accuracy", "ValidationAccuracy"], ["epochs"]), entry =>
        {
            if (latest is null)
                return;
            entry.SetProgress(0, latest.Epoch, latest.Epochs);
            entry.SetMetric(0, latest.Loss);
            entry.SetMetric(1, latest.Accuracy);
        });
        training.Run(train, validation, channel, Report, _options.CancellationToken);

        void Report(TrainingProgress progress)
        {
            latest = progress;
            if (progress.EndOfEpoch)
                progressChannel.Checkpoint((double?)progress.Loss, (double?)progress.Accuracy, progress.ValidationAccuracy, progress.Epoch);
            _options.Progress?.Report(progress);
        }
    }
}
