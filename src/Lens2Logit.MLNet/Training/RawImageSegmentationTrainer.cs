using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>
/// Trains a TorchSharp network to find the pixels of an object, together with the differentiable stages (such as the parametrised ISP) that
/// made the images.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ### Input and output columns
/// | Column | Type | |
/// | -- | -- | -- |
/// | mask | `Vector<Single>[H, W]` of 0 and 1, or an image of 0 and 255 | of the size of the views; rows without an image are left out |
/// | feature | `Vector<Single>[C, H, W]` | if differentiable stages made it, the column they started from is read instead, and all of it is trained |
/// | *PredictedMask* | `Vector<Single>[H, W]` | 1 where the score is above the threshold, else 0 |
/// | *Score* | `Vector<Single>[H, W]` | probability of each pixel to belong to the object |
/// | *the columns of the stages* | | made again by the trained stages |
///
/// ### Trainer characteristics
/// |  |  |
/// | -- | -- |
/// | Machine learning task | Binary segmentation, by the Dice loss of each batch |
/// | Is normalization required? | No |
/// | Is caching required? | No: rows are read once and kept in memory, unless `CacheRows` is off |
/// | Required NuGet in addition to Microsoft.ML | TorchSharp-cpu or TorchSharp-cuda-linux / -windows, in the application |
/// ]]></format>
/// </remarks>
public sealed class RawImageSegmentationTrainer : IEstimator<RawImageSegmentationTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;

    internal RawImageSegmentationTrainer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _host = environment.Register(nameof(RawImageSegmentationTrainer));
        _options = options;
    }

    /// <summary>Options of the trainer.</summary>
    public sealed record Options : TrainingOptions
    {
        /// <summary>Name of the mask column. Default <c>Mask</c>.</summary>
        public string MaskColumnName { get; init; } = "Mask";

        /// <summary>Name of the predicted mask column to create. Default <c>PredictedMask</c>.</summary>
        public string PredictedMaskColumnName { get; init; } = "PredictedMask";

        /// <summary>The network: a name from <see cref="SegmentationArchitecture"/> or one registered with <see cref="SegmentationNetworkRegistry"/>. Default UnetPlusPlus.</summary>
        public string Architecture { get; init; } = SegmentationArchitecture.UnetPlusPlus;

        /// <summary>Probability above which a pixel belongs to the predicted mask, between 0 and 1. Default 0.5.</summary>
        public double Threshold { get; init; } = 0.5;

        internal override void Validate()
        {
            base.Validate();
            ArgumentException.ThrowIfNullOrEmpty(MaskColumnName);
            ArgumentException.ThrowIfNullOrEmpty(PredictedMaskColumnName);
            Check(Threshold is > 0 and < 1, nameof(Threshold), Threshold, "between 0 and 1");
            if (!SegmentationNetworkRegistry.Names.Contains(Architecture))
                throw new ArgumentException($"There is no segmentation network '{Architecture}'; registered are {string.Join(", ", SegmentationNetworkRegistry.Names)}.", nameof(Architecture));
        }
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ImageShape.RequireVector(inputSchema.Require(_options.FeatureColumnName, "feature"), "feature", "Vector<Single>[C, H, W]");
        MaskColumn.RequireType(inputSchema.Require(_options.MaskColumnName, "mask"));
        return inputSchema.With(
        [
            SchemaColumns.Vector(_options.PredictedMaskColumnName, NumberDataViewType.Single),
            SchemaColumns.Vector(_options.ScoreColumnName, NumberDataViewType.Single),
        ]);
    }

    /// <summary>Trains. Only the source and mask columns of the data are read.</summary>
    /// <param name="input">The training data.</param>
    /// <returns>The model; on cancellation as it was after the last finished step, on early stopping that of the best epoch.</returns>
    /// <exception cref="ArgumentException">A column is missing or has another type or shape, or the initial model does not fit.</exception>
    /// <exception cref="InvalidDataException">The data is empty, a mask is not binary or has another size, all are empty, or a pixel is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first step.</exception>
    /// <exception cref="InvalidOperationException">The loss is not finite in the first epoch, or a GPU is asked for and missing.</exception>
    public RawImageSegmentationTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var session = new TrainingSession(_host, _options, input);
        var feature = session.Chain.FeatureShape();
        var networkOptions = new NetworkOptions { Channels = feature[0], Classes = 1 };
        var network = session.Hold(Create());
        _options.Weights?.LoadInto(network, _options.CancellationToken);
        if (_options.InitialModel is { } initial)
            WarmStart(initial, network, session);

        var (train, validation) = session.Read(new MaskColumn(_options.MaskColumnName, feature[1], feature[2]));
        RequireObjects(train, session);
        session.Train(_options.Architecture, network, Create, new SegmentationTask(_options.Threshold), train, validation);
        return new(RawImageSegmentationTransformer.Description.Of(_options, session.Chain, networkOptions), session.Chain, network, session.Device);

        nn.Module<Tensor, Tensor> Create() => SegmentationNetworkRegistry.Create(_options.Architecture, networkOptions, session.Seed);
    }

    private void RequireObjects(TrainingRows rows, TrainingSession session)
    {
        int empty = rows.Strata.Count(stratum => stratum == 0);
        if (empty == rows.Count)
            throw new InvalidDataException($"All {rows.Count} masks in column '{_options.MaskColumnName}' are empty; there is nothing to learn.");
        if (empty > 0)
            session.Channel.Info($"{empty} of {rows.Count} masks are empty. A batch of nothing else teaches nothing.");
    }

    private void WarmStart(ITransformer initial, nn.Module network, TrainingSession session)
    {
        var model = initial.FindAll<RawImageSegmentationTransformer>().LastOrDefault()
            ?? throw new ArgumentException($"{nameof(Options.InitialModel)} holds no model of RawImageSegmentation.");
        if (model.Architecture != _options.Architecture)
            throw new ArgumentException($"{nameof(Options.InitialModel)} is a {model.Architecture}; the options say {_options.Architecture}.");
        session.CopyWeights(model.Network, model.StageLinks, network);
    }
}
