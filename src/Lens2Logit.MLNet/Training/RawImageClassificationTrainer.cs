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
public sealed partial class RawImageClassificationTrainer : IEstimator<RawImageClassificationTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;

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
    /// <exception cref="OperationCanceledException">Cancelled before the first step.</exception>
    /// <exception cref="InvalidOperationException">The loss is no longer a number, or a GPU is asked for and missing.</exception>
    public RawImageClassificationTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var channel = _host.Start("Train");
        var device = TrainingDevice.Of(_host, channel);
        var labels = ClassLabels.Of(input.Schema.Require(_options.LabelColumnName, "label"));
        var chain = _options.Stages is { Count: > 0 } stages ? StageChain.Of(input.Schema, stages, _options.FeatureColumnName) : StageChain.Discover(input.Schema, _options.FeatureColumnName);
        if (chain.Links.Count == 0 && !_options.ExpectNoStage)
            ReportMissingStage(channel);
        channel.Info($"Training {_options.Architecture} through {chain} on {device}.");

        var shape = chain.FeatureShape();
        var networkOptions = new NetworkOptions { Channels = shape[0], Classes = labels.Count };
        int seed = _options.Seed ?? MLEnvironment.SeedOf(_host);
        var network = NetworkRegistry.Create(_options.Architecture, networkOptions, seed);
        if (_options.InitialModel is { } initial)
            WarmStart(initial, network, chain, labels);
        else if (_options.FreezeNetwork)
            channel.Warning($"{nameof(Options.FreezeNetwork)} without {nameof(Options.InitialModel)}: the network keeps its random initial weights.");

        var train = ReadRows(input, chain, channel);
        RequireTwoClasses(train, labels);
        if (_options.Stages is null)
            FeatureCheck.Run(input, chain, _options.FeatureColumnName);
        var validation = _options.ValidationSet is { } set ? ReadValidation(set, chain, labels, channel) : null;
        Train(new(_options, chain, network, device, seed), train, validation, channel);
        return new(RawImageClassificationTransformer.Description.Of(_options, chain, labels, networkOptions), chain, network, device);
    }

    private TrainingRows ReadRows(IDataView data, StageChain chain, IChannel channel)
    {
        var rows = TrainingRows.Read(data, chain.SourceColumn, chain.SourceShape, _options.LabelColumnName, channel, _options.CancellationToken);
        if (rows.Count == 0)
            throw new InvalidDataException($"There is no row with a label in column '{_options.LabelColumnName}'.");
        return rows;
    }

    private TrainingRows ReadValidation(IDataView data, StageChain chain, ClassLabels labels, IChannel channel)
    {
        var found = ClassLabels.Of(data.Schema.Require(_options.LabelColumnName, "label"));
        if (!found.Values.SequenceEqual(labels.Values))
            throw new ArgumentException($"The keys of {nameof(Options.ValidationSet)} stand for {string.Join(", ", found.Values)}, those of the training data for {string.Join(", ", labels.Values)}. "
                + "Transform both with the same fitted MapValueToKey.");
        return ReadRows(data, chain, channel);
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

    private void WarmStart(ITransformer initial, nn.Module network, StageChain chain, ClassLabels labels)
    {
        var model = initial.FindAll<RawImageClassificationTransformer>().LastOrDefault()
            ?? throw new ArgumentException($"{nameof(Options.InitialModel)} holds no model of RawImageClassification.");
        if (model.Architecture != _options.Architecture)
            throw new ArgumentException($"{nameof(Options.InitialModel)} is a {model.Architecture}; the options say {_options.Architecture}.");
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
        training.Run(train, validation, channel, Report, () => _options.CancellationToken.IsCancellationRequested || MLEnvironment.IsCancelled(_host));

        void Report(TrainingProgress progress)
        {
            latest = progress;
            if (progress.EndOfEpoch)
            {
                channel.Info(FormattableString.Invariant($"Epoch {progress.Epoch} of {progress.Epochs}: loss {progress.Loss:F4}, accuracy {progress.Accuracy:P1}")
                    + (progress.ValidationAccuracy is { } accuracy ? FormattableString.Invariant($", validation accuracy {accuracy:P1}.") : "."));
                progressChannel.Checkpoint((double?)progress.Loss, (double?)progress.Accuracy, progress.ValidationAccuracy, progress.Epoch);
            }
            _options.Progress?.Report(progress);
        }
    }
}
