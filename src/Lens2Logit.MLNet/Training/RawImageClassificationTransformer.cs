using Lens2Logit.IO;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Networks;
using Lens2Logit.Stages;
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
    private const string NetworkStream = "Network.safetensors";
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L CLSF");

    private readonly Description _description;
    private readonly ModuleLease[] _leases;
    private readonly byte[][] _stageWeights;

    internal RawImageClassificationTransformer(Description description, StageChain chain, nn.Module<Tensor, Tensor> network, Device device)
    {
        _description = description;
        Device = device;
        StageLinks = chain.Links;
        Network = network;
        BatchSize = description.ScoringBatchSize;
        _leases = Prepare();
        _stageWeights = [.. StageLinks.Select(link => StageMark.Weights(link.Stage))];
    }

    // Called by ML.NET when it loads a model.
    private RawImageClassificationTransformer(IHostEnvironment environment, ModelLoadContext context)
    {
        using var channel = environment.Start("Load");
        Device = TrainingDevice.Of(environment, channel);
        var reader = new ModelReader(context);
        _description = reader.Read<Description>(Signature);
        Network = NetworkRegistry.Create(_description.Architecture, _description.Network);
        reader.ReadStream(NetworkStream, stream => ModuleWeights.Load(Network, stream));
        StageLinks = [.. _description.Stages.Select((saved, index) =>
        {
            var stage = StageRegistry.Create(saved.Kind, saved.Options);
            reader.ReadStream(StageStream(index), stream => ModuleWeights.Load(stage, stream));
            return new StageLink(saved.InputColumn, saved.OutputColumn, stage);
        })];
        BatchSize = _description.ScoringBatchSize;
        _leases = Prepare();
        _stageWeights = [.. StageLinks.Select(link => StageMark.Weights(link.Stage))];
    }

    /// <summary>Names of the classes, in the order of the scores.</summary>
    public IReadOnlyList<string> ClassNames => _description.Labels.Values;

    /// <summary>Name of the network.</summary>
    public string Architecture => _description.Architecture;

    /// <summary>Rows scored at once behind a cursor, at least 1; memory grows with it. A single row is scored at once in any case.</summary>
    public int BatchSize { get; }

    /// <summary>The trained network. It belongs to the model: read it, do not dispose or change it.</summary>
    public nn.Module<Tensor, Tensor> Network { get; }

    /// <summary>The trained stages and their columns, from the source to the feature.</summary>
    internal IReadOnlyList<StageLink> StageLinks { get; }

    internal Device Device { get; }

    internal NetworkOptions NetworkOptions => _description.Network;

    /// <summary>Name of the column that the network sees.</summary>
    internal string FeatureColumn => StageLinks.Count > 0 ? StageLinks[^1].OutputColumn : _description.SourceColumn;

    /// <summary>The network alone, which reads its feature column as it is; it shares the weights.</summary>
    internal RawImageClassificationTransformer OfViews()
    {
        ThrowIfDisposed();
        int[] shape = [.. StageLinks.Aggregate(_description.SourceShape, (s, link) => link.Stage.OutputShape(s))];
        return new(_description with { SourceColumn = FeatureColumn, SourceShape = shape, Stages = [] }, new StageChain(FeatureColumn, shape, []), Network, Device);
    }

    /// <summary>The same network behind stages with other weights; it shares the network's.</summary>
    internal RawImageClassificationTransformer WithStages(IReadOnlyList<StageLink> links)
    {
        ThrowIfDisposed();
        return new(_description, new StageChain(_description.SourceColumn, _description.SourceShape, links), Network, Device);
    }

    /// <summary>
    /// Releases the weights, with their memory on a GPU; idempotent. A <c>PredictionEngine</c> disposes the model that it was made from unless
    /// its option <c>OwnsTransformer</c> is false. Without a call the garbage collector releases them.
    /// </summary>
    public void Dispose()
    {
        foreach (var lease in _leases)
            lease.Dispose();
    }

    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_leases.Length > 0 && _leases[0].IsDisposed, this);

    private protected override void SaveTo(ModelWriter writer)
    {
        ThrowIfDisposed();
        writer.Write(Signature, _description);
        writer.WriteStream(NetworkStream, stream => ModuleWeights.Save(Network, stream));
        for (int i = 0; i < StageLinks.Count; i++)
        {
            var stage = StageLinks[i].Stage;
            writer.WriteStream(StageStream(i), stream => ModuleWeights.Save(stage, stream));
        }
    }

    private protected override RowMapper CreateMapper(DataViewSchema input)
    {
        ThrowIfDisposed();
        return new Mapper(this, input);
    }

    private static string StageStream(int index) => $"Stage{index}.safetensors";

    private ModuleLease[] Prepare()
    {
        nn.Module[] modules = [Network, .. StageLinks.Select(link => link.Stage)];
        foreach (var module in modules)
        {
            module.to(Device);
            module.eval();
            module.zero_grad();
        }
        return Array.ConvertAll(modules, module => new ModuleLease(module));
    }

    /// <summary>What a model file says about the classifier beside its weights.</summary>
    internal sealed record Description(
        string SourceColumn, int[] SourceShape, string ScoreColumn, string PredictedLabelColumn,
        string Architecture, NetworkOptions Network, ClassLabels Labels, SavedStage[] Stages, int ScoringBatchSize)
    {
        public static Description Of(RawImageClassificationTrainer.Options options, StageChain chain, ClassLabels labels, NetworkOptions network) =>
            new(chain.SourceColumn, [.. chain.SourceShape], options.ScoreColumnName, options.PredictedLabelColumnName, options.Architecture, network, labels,
                [.. chain.Links.Select(link => new SavedStage(link.InputColumn, link.OutputColumn, link.Stage.Kind, link.Stage.OptionsToJson()))], options.ScoringBatchSize);
    }

    internal sealed record SavedStage(string InputColumn, string OutputColumn, string Kind, string Options);

    private sealed class Mapper : BatchMapper
    {
        private readonly RawImageClassificationTransformer _parent;
        private readonly DataViewSchema.Column _source;

        public Mapper(RawImageClassificationTransformer parent, DataViewSchema input)
        {
            _parent = parent;
            var description = parent._description;
            _source = input.Require(description.SourceColumn, "source");
            var expected = $"Vector<Single>[{string.Join(", ", description.SourceShape)}], as in training";
            var shape = ImageShape.Require(_source, "source", description.SourceShape.Length, expected);
            if (!shape.SequenceEqual(description.SourceShape))
                throw SchemaColumns.WrongType(_source.Name, "source", _source.Type.ToString()!, expected);

            var columns = new List<DataViewSchema.DetachedColumn>();
            for (int i = 0; i < parent.StageLinks.Count; i++)
            {
                var link = parent.StageLinks[i];
                shape = link.Stage.OutputShape(shape);
                columns.Add(new(link.OutputColumn, new VectorDataViewType(NumberDataViewType.Single, shape), StageMark.Of(link.Stage, link.InputColumn, parent._stageWeights[i])));
            }
            int classes = description.Labels.Count;
            columns.Add(new(description.PredictedLabelColumn, new KeyDataViewType(typeof(uint), classes), ScoreAnnotations.PredictedLabel(input, description.Labels)));
            columns.Add(new(description.ScoreColumn, new VectorDataViewType(NumberDataViewType.Single, classes), ScoreAnnotations.Score(input, description.Labels)));
            OutputColumns = [.. columns];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override int BatchSize => _parent.BatchSize;

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => [_source];

        public override RowBatch CreateBatch(DataViewRow rows, int batchSize, Func<int, bool> isActive)
        {
            var active = Enumerable.Range(0, OutputColumns.Length).Select(isActive).ToArray();
            return new ScoredBatch(_parent, _parent._description.SourceShape, _parent._description.Labels.Count, active, rows, _source, batchSize);
        }
    }
}
