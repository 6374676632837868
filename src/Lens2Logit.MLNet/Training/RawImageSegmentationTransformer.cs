using Lens2Logit.MLNet.Interop;
using Lens2Logit.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>
/// A fitted segmentation model: makes the stages' columns again with the trained stages, and adds PredictedMask and Score. See
/// <see cref="RawImageSegmentationTrainer"/>. Reading from several threads is safe.
/// </summary>
public sealed class RawImageSegmentationTransformer : RowTransformer, IDisposable
{
    internal const string LoaderSignature = "Lens2LogitSegmentation";
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L SGMT");

    private readonly Description _description;
    private readonly FittedModules _modules;

    internal RawImageSegmentationTransformer(Description description, StageChain chain, nn.Module<Tensor, Tensor> network, Device device) =>
        (_description, _modules) = (description, new(description.Architecture, chain.Links, network, device));

    // Called by ML.NET when it loads a model.
    private RawImageSegmentationTransformer(IHostEnvironment environment, ModelLoadContext context)
    {
        using var channel = environment.Start("Load");
        var device = TrainingDevice.Of(environment, channel);
        var reader = new ModelReader(context);
        _description = reader.Read<Description>(Signature);
        var network = SegmentationNetworkRegistry.Create(_description.Architecture, _description.Network);
        _modules = FittedModules.Load(reader, _description.Architecture, network, _description.Stages, device);
    }

    /// <summary>Name of the network.</summary>
    public string Architecture => _description.Architecture;

    /// <summary>Probability above which a pixel belongs to the predicted mask.</summary>
    public double Threshold => _description.Threshold;

    /// <summary>Rows scored at once behind a cursor, at least 1; memory grows with it. A single row is scored at once in any case.</summary>
    public int BatchSize => _description.ScoringBatchSize;

    /// <summary>The trained network. It belongs to the model: read it, do not dispose or change it.</summary>
    public nn.Module<Tensor, Tensor> Network => _modules.Network;

    /// <summary>The trained stages and their columns, from the source to the feature.</summary>
    internal IReadOnlyList<StageLink> StageLinks => _modules.Links;

    /// <summary>
    /// Releases the weights, with their memory on a GPU; idempotent. A <c>PredictionEngine</c> disposes the model that it was made from unless
    /// its option <c>OwnsTransformer</c> is false. Without a call the garbage collector releases them.
    /// </summary>
    public void Dispose() => _modules.Dispose();

    private protected override void SaveTo(ModelWriter writer)
    {
        _modules.ThrowIfDisposed();
        writer.Write(Signature, _description);
        _modules.Save(writer);
    }

    private protected override RowMapper CreateMapper(DataViewSchema input)
    {
        _modules.ThrowIfDisposed();
        return new Mapper(_modules, _description, input);
    }

    /// <summary>What a model file says about the model beside its weights.</summary>
    internal sealed record Description(
        string SourceColumn, int[] SourceShape, string ScoreColumn, string PredictedMaskColumn,
        string Architecture, NetworkOptions Network, double Threshold, SavedStage[] Stages, int ScoringBatchSize)
    {
        public static Description Of(RawImageSegmentationTrainer.Options options, StageChain chain, NetworkOptions network) =>
            new(chain.SourceColumn, [.. chain.SourceShape], options.ScoreColumnName, options.PredictedMaskColumnName, options.Architecture, network, options.Threshold,
                SavedStage.Of(chain), options.ScoringBatchSize);
    }

    private sealed class Mapper : BatchMapper
    {
        private readonly FittedModules _modules;
        private readonly Description _description;
        private readonly DataViewSchema.Column _source;
        private readonly int _pixels;

        public Mapper(FittedModules modules, Description description, DataViewSchema input)
        {
            (_modules, _description) = (modules, description);
            _source = FittedModules.RequireSource(input, description.SourceColumn, description.SourceShape);
            var (columns, feature) = modules.StageColumns(description.SourceShape);
            var mask = new VectorDataViewType(NumberDataViewType.Single, feature[1], feature[2]);
            _pixels = feature[1] * feature[2];
            OutputColumns = [.. columns, new(description.PredictedMaskColumn, mask), new(description.ScoreColumn, mask)];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override int BatchSize => _description.ScoringBatchSize;

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => [_source];

        public override RowBatch CreateBatch(DataViewRow rows, int batchSize, Func<int, bool> isActive)
        {
            var active = Enumerable.Range(0, OutputColumns.Length).Select(isActive).ToArray();
            return new SegmentedBatch(_modules, _description.SourceShape, _pixels, _description.Threshold, active, rows, _source, batchSize);
        }
    }
}
