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
public sealed class RawImageClassificationTransformer : RowTransformer
{
    internal const string LoaderSignature = "Lens2LogitClassifier";
    private const string NetworkStream = "Network.safetensors";
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L CLSF");

    private readonly Description _description;
    private readonly Device _device;

    internal RawImageClassificationTransformer(Description description, StageChain chain, nn.Module<Tensor, Tensor> network, Device device)
    {
        _description = description;
        _device = device;
        StageLinks = chain.Links;
        Network = network;
        SetReady();
    }

    // Called by ML.NET when it loads a model.
    private RawImageClassificationTransformer(IHostEnvironment environment, ModelLoadContext context)
    {
        using var channel = environment.Start("Load");
        _device = TrainingDevice.Of(environment, channel);
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
        SetReady();
    }

    /// <summary>Names of the classes, in the order of the scores.</summary>
    public IReadOnlyList<string> ClassNames => _description.Labels.Values;

    /// <summary>Name of the network.</summary>
    public string Architecture => _description.Architecture;

    /// <summary>The trained network; do not change its weights while rows are read.</summary>
    public nn.Module<Tensor, Tensor> Network { get; }

    /// <summary>The trained stages and their columns, from the source to the feature.</summary>
    internal IReadOnlyList<StageLink> StageLinks { get; }

    private protected override void SaveTo(ModelWriter writer)
    {
        writer.Write(Signature, _description);
        writer.WriteStream(NetworkStream, stream => ModuleWeights.Save(Network, stream));
        for (int i = 0; i < StageLinks.Count; i++)
        {
            var stage = StageLinks[i].Stage;
            writer.WriteStream(StageStream(i), stream => ModuleWeights.Save(stage, stream));
        }
    }

    private protected override RowMapper CreateMapper(DataViewSchema input) => new Mapper(this, input);

    private static string StageStream(int index) => $"Stage{index}.safetensors";

    private void SetReady()
    {
        Network.to(_device);
        Network.eval();
        foreach (var link in StageLinks)
        {
            link.Stage.to(_device);
            link.Stage.eval();
        }
    }

    /// <summary>What a model file says about the classifier beside its weights.</summary>
    internal sealed record Description(
        string SourceColumn, int[] SourceShape, string ScoreColumn, string PredictedLabelColumn,
        string Architecture, NetworkOptions Network, ClassLabels Labels, SavedStage[] Stages)
    {
        public static Description Of(RawImageClassificationTrainer.Options options, StageChain chain, ClassLabels labels, NetworkOptions network) =>
            new(chain.SourceColumn, [.. chain.SourceShape], options.ScoreColumnName, options.PredictedLabelColumnName, options.Architecture, network, labels,
                [.. chain.Links.Select(link => new SavedStage(link.InputColumn, link.OutputColumn, link.Stage.Kind, link.Stage.OptionsToJson()))]);
    }

    internal sealed record SavedStage(string InputColumn, string OutputColumn, string Kind, string Options);

    private sealed class Mapper : RowMapper
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
            foreach (var link in parent.StageLinks)
            {
                shape = link.Stage.OutputShape(shape);
                columns.Add(new(link.OutputColumn, new VectorDataViewType(NumberDataViewType.Single, shape), StageMark.Of(link.Stage, link.InputColumn)));
            }
            int classes = description.Labels.Count;
            columns.Add(new(description.PredictedLabelColumn, new KeyDataViewType(typeof(uint), classes), ScoreAnnotations.PredictedLabel(input, description.Labels)));
            columns.Add(new(description.ScoreColumn, new VectorDataViewType(NumberDataViewType.Single, classes), ScoreAnnotations.Score(input, description.Labels)));
            OutputColumns = [.. columns];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => [_source];

        public override (Delegate?[] Getters, IDisposable? Resources) CreateGetters(DataViewRow input, Func<int, bool> isActive)
        {
            int stages = _parent.StageLinks.Count;
            var getters = new Delegate?[OutputColumns.Length];
            var active = Enumerable.Range(0, getters.Length).Select(isActive).ToArray();
            if (!active.Contains(true))
                return (getters, null);
            var row = new ScoredRow(_parent, input, _source, active);
            for (int i = 0; i < stages; i++)
            {
                int stage = i;
                if (active[stage])
                    getters[stage] = (ValueGetter<VBuffer<float>>)((ref VBuffer<float> view) => Copy(row.View(stage), ref view));
            }
            if (active[stages])
                getters[stages] = (ValueGetter<uint>)((ref uint key) => key = (uint)(System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row.Scores()) + 1));
            if (active[stages + 1])
                getters[stages + 1] = (ValueGetter<VBuffer<float>>)((ref VBuffer<float> score) => Copy(row.Scores(), ref score));
            return (getters, null);
        }

        private static void Copy(float[] values, ref VBuffer<float> target)
        {
            var editor = VBufferEditor.Create(ref target, values.Length);
            values.CopyTo(editor.Values);
            target = editor.Commit();
        }
    }

    /// <summary>What the model makes of the row at which a cursor stands, computed once per position and only as far as asked for.</summary>
    private sealed class ScoredRow
    {
        private readonly RawImageClassificationTransformer _parent;
        private readonly DataViewRow _input;
        private readonly DataViewSchema.Column _column;
        private readonly ValueGetter<VBuffer<float>> _getSource;
        private readonly bool[] _active;
        private readonly float[] _source;
        private readonly float[][] _views;
        private readonly float[] _scores;
        private VBuffer<float> _vector;
        private long _position = -1;

        public ScoredRow(RawImageClassificationTransformer parent, DataViewRow input, DataViewSchema.Column source, bool[] active)
        {
            (_parent, _input, _column, _active) = (parent, input, source, active);
            _getSource = input.GetGetter<VBuffer<float>>(source);
            _source = new float[ImageShape.Length(parent._description.SourceShape)];
            _scores = new float[parent._description.Labels.Count];
            _views = new float[parent.StageLinks.Count][];
            var shape = parent._description.SourceShape;
            for (int i = 0; i < _views.Length; i++)
            {
                shape = parent.StageLinks[i].Stage.OutputShape(shape);
                _views[i] = active[i] ? new float[ImageShape.Length(shape)] : [];
            }
        }

        public float[] View(int stage)
        {
            Compute();
            return _views[stage];
        }

        public float[] Scores()
        {
            Compute();
            return _scores;
        }

        private void Compute()
        {
            if (_position == _input.Position && _position >= 0)
                return;
            _getSource(ref _vector);
            ImageShape.Copy(in _vector, _source, _column.Name, _input.Position);
            StageInference.RequireFinite(_source, _parent._description.SourceShape, _column.Name, _input.Position);
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            var image = StageInference.ToBatch(_source, _parent._description.SourceShape, _parent._device);
            for (int i = 0; i < _views.Length; i++)
            {
                image = _parent.StageLinks[i].Stage.forward(image);
                if (_active[i])
                    StageInference.CopyTo(image, _views[i], $"Stage '{_parent.StageLinks[i].Stage.Kind}'");
            }
            if (_active[_views.Length] || _active[_views.Length + 1])
                StageInference.CopyTo(_parent.Network.forward(image).softmax(1), _scores, $"Network '{_parent.Architecture}'");
            _position = _input.Position;
        }
    }
}
