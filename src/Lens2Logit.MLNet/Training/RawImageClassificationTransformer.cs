using Lens2Logit.MLNet.Interop;
using Lens2Logit.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>
/// A fitted classifier: makes the stages' columns again with the trained stages, and adds PredictedLabel and Score. See
/// <see cref="RawImageClassificationTrainer"/>. Reading from several threads is safe.
/// </summary>
public sealed class RawImageClassificationTransformer : RowTransformer, IDisposable
{
    internal const string LoaderSignature = "Lens2LogitClassifier";

    // Version 2: cameras with a white level.
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L CLSF", Version: ModelSignature.First + 1);

    private readonly Description _description;
    private readonly FittedModules _modules;

    internal RawImageClassificationTransformer(Description description, StageChain chain, nn.Module<Tensor, Tensor> network, Device device) =>
        (_description, _modules) = (description, new(description.Architecture, chain.Links, network, device));

    // Called by ML.NET when it loads a model.
    private RawImageClassificationTransformer(IHostEnvironment environment, ModelLoadContext context)
    {
        using var channel = environment.Start("Load");
        var device = TrainingDevice.Of(environment, channel);
        var reader = new ModelReader(context);
        _description = reader.Read<Description>(Signature);
        var network = NetworkRegistry.Create(_description.Architecture, _description.Network);
        _modules = FittedModules.Load(reader, _description.Architecture, network, _description.Stages, device);
    }

    /// <summary>Names of the classes, in the order of the scores.</summary>
    public IReadOnlyList<string> ClassNames => _description.Labels.Values;

    /// <summary>Name of the network.</summary>
    public string Architecture => _description.Architecture;

    /// <summary>Rows scored at once behind a cursor, at least 1; memory grows with it. A single row is scored at once in any case.</summary>
    public int BatchSize => _description.ScoringBatchSize;

    /// <summary>The trained network. It belongs to the model: read it, do not dispose or change it.</summary>
    public nn.Module<Tensor, Tensor> Network => _modules.Network;

    /// <summary>The trained stages and their columns, from the source to the feature.</summary>
    internal IReadOnlyList<StageLink> StageLinks => _modules.Links;

    internal NetworkOptions NetworkOptions => _description.Network;

    /// <summary>Where the network computes.</summary>
    internal Device Device => _modules.Device;

    /// <summary>Name of the column that the network sees.</summary>
    internal string FeatureColumn => StageLinks.Count > 0 ? StageLinks[^1].OutputColumn : _description.SourceColumn;

    /// <summary>The network alone, which reads its feature column as it is; it shares the weights.</summary>
    internal RawImageClassificationTransformer OfViews()
    {
        ThrowIfDisposed();
        int[] shape = [.. StageLinks.Aggregate(_description.SourceShape, (s, link) => link.Stage.OutputShape(s))];
        return Behind(new StageChain(FeatureColumn, shape, []));
    }

    internal void ThrowIfDisposed() => _modules.ThrowIfDisposed();

    /// <summary>The same network behind stages with other weights; it shares the network's.</summary>
    internal RawImageClassificationTransformer WithStages(IReadOnlyList<StageLink> links) => Behind(new StageChain(_description.SourceColumn, _description.SourceShape, links));

    /// <summary>The same network behind other stages; it shares the network's weights.</summary>
    internal RawImageClassificationTransformer Behind(StageChain chain)
    {
        ThrowIfDisposed();
        return new(_description with { SourceColumn = chain.SourceColumn, SourceShape = [.. chain.SourceShape], Stages = SavedStage.Of(chain) }, chain, Network, Device);
    }

    /// <summary>
    /// Releases the weights, with their memory on a GPU; idempotent. A <c>PredictionEngine</c> disposes the model that it was made from unless
    /// its option <c>OwnsTransformer</c> is false. Without a call the garbage collector releases them.
    /// </summary>
    public void Dispose() => _modules.Dispose();

    private protected override void SaveTo(ModelWriter writer)
    {
        ThrowIfDisposed();
        writer.Write(Signature, _description);
        _modules.Save(writer);
    }

    private protected override RowMapper CreateMapper(DataViewSchema input)
    {
        ThrowIfDisposed();
        return new Mapper(_modules, _description, input);
    }

    /// <summary>What a model file says about the classifier beside its weights.</summary>
    internal sealed record Description(
        string SourceColumn, int[] SourceShape, string ScoreColumn, string PredictedLabelColumn,
        string Architecture, NetworkOptions Network, ClassLabels Labels, SavedStage[] Stages, int ScoringBatchSize)
    {
        public static Description Of(RawImageClassificationTrainer.Options options, StageChain chain, ClassLabels labels, NetworkOptions network) =>
            new(chain.SourceColumn, [.. chain.SourceShape], options.ScoreColumnName, options.PredictedLabelColumnName, options.Architecture, network, labels,
                SavedStage.Of(chain), options.ScoringBatchSize);
    }

    private sealed class Mapper : BatchMapper
    {
        private readonly FittedModules _modules;
        private readonly Description _description;
        private readonly DataViewSchema.Column _source;

        public Mapper(FittedModules modules, Description description, DataViewSchema input)
        {
            (_modules, _description) = (modules, description);
            _source = FittedModules.RequireSource(input, description.SourceColumn, description.SourceShape);
            int classes = description.Labels.Count;
            OutputColumns =
            [
                .. modules.StageColumns(description.SourceShape).Columns,
                new(description.PredictedLabelColumn, new KeyDataViewType(typeof(uint), classes), ScoreAnnotations.PredictedLabel(input, description.Labels)),
                new(description.ScoreColumn, new VectorDataViewType(NumberDataViewType.Single, classes), ScoreAnnotations.Score(input, description.Labels)),
            ];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override int BatchSize => _description.ScoringBatchSize;

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => [_source];

        public override RowBatch CreateBatch(DataViewRow rows, int batchSize, Func<int, bool> isActive)
        {
            var active = Enumerable.Range(0, OutputColumns.Length).Select(isActive).ToArray();
            return new ClassifiedBatch(_modules, _description.SourceShape, _description.Labels.Count, active, rows, _source, batchSize);
        }
    }
}
