using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;
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
/// | Is caching required? | No: rows are read once and kept in memory, N·H·W·4 bytes, unless `CacheRows` is off |
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
    /// <returns>The model; on cancellation as it was after the last finished step, on early stopping that of the best epoch.</returns>
    /// <exception cref="ArgumentException">A column is missing or has another type or shape, or the initial model does not fit.</exception>
    /// <exception cref="InvalidDataException">The data is empty, has one class only, or holds a pixel that is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first step.</exception>
    /// <exception cref="InvalidOperationException">The loss is not finite in the first epoch, or a GPU is asked for and missing.</exception>
    public RawImageClassificationTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var session = new TrainingSession(_host, _options, input);
        var labels = ClassLabels.Of(input.Schema.Require(_options.LabelColumnName, "label"));
        var networkOptions = new NetworkOptions { Channels = session.Chain.FeatureShape()[0], Classes = labels.Count };
        var network = session.Hold(Create());
        _options.Weights?.LoadInto(network, _options.CancellationToken);
        if (_options.InitialModel is { } initial)
            WarmStart(initial, network, session, labels);
        RequireSameKeys(labels);

        var (train, validation) = session.Read(new LabelColumn(_options.LabelColumnName));
        RequireTwoClasses(train, labels);
        WarnOfMissingClasses("training", train, labels, session.Channel);
        if (validation is not null)
            WarnOfMissingClasses("validation", validation, labels, session.Channel);
        using var classWeights = ClassWeighting.Of(_options, labels, [.. train.Strata], session.Device);
        session.Train(_options.Architecture, network, Create, new ClassificationTask(classWeights), train, validation);
        return new(RawImageClassificationTransformer.Description.Of(_options, session.Chain, labels, networkOptions), session.Chain, network, session.Device);

        nn.Module<Tensor, Tensor> Create() => NetworkRegistry.Create(_options.Architecture, networkOptions, session.Seed);
    }

    private void RequireSameKeys(ClassLabels labels)
    {
        if (_options.ValidationSet is not { } data)
            return;
        var found = ClassLabels.Of(data.Schema.Require(_options.LabelColumnName, "label"));
        if (!found.Values.SequenceEqual(labels.Values))
            throw new ArgumentException($"The keys of {nameof(Options.ValidationSet)} stand for {string.Join(", ", found.Values)}, those of the training data for {string.Join(", ", labels.Values)}. "
                + "Transform both with the same fitted MapValueToKey.");
    }

    private static void RequireTwoClasses(TrainingRows rows, ClassLabels labels)
    {
        var present = rows.Strata.Distinct().ToArray();
        if (present.Length < 2)
            throw new InvalidDataException($"All {rows.Count} labelled rows are of class '{labels.Values[present[0]]}'; a classifier needs at least two classes.");
    }

    private static void WarnOfMissingClasses(string set, TrainingRows rows, ClassLabels labels, IChannel channel)
    {
        var present = rows.Strata.ToHashSet();
        string[] missing = [.. labels.Values.Where((_, index) => !present.Contains(index)).Select(name => $"'{name}'")];
        if (missing.Length > 0)
            channel.Warning($"No {set} row is of class {string.Join(", ", missing)}{(set == "training" ? ": the model cannot learn to predict it." : ".")}");
    }

    private void WarmStart(ITransformer initial, nn.Module network, TrainingSession session, ClassLabels labels)
    {
        var model = initial.FindAll<RawImageClassificationTransformer>().LastOrDefault()
            ?? throw new ArgumentException($"{nameof(Options.InitialModel)} holds no model of RawImageClassification.");
        if (model.Architecture != _options.Architecture)
            throw new ArgumentException($"{nameof(Options.InitialModel)} is a {model.Architecture}; the options say {_options.Architecture}.");
        if (!model.ClassNames.SequenceEqual(labels.Values))
            throw new ArgumentException($"{nameof(Options.InitialModel)} tells {string.Join(", ", model.ClassNames)} apart, the data {string.Join(", ", labels.Values)}, in this order.");
        session.CopyWeights(model.Network, model.StageLinks, network);
    }
}
