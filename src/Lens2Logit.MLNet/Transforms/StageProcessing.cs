using Lens2Logit.IO;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.Native;
using Lens2Logit.Stages;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for the <see cref="StageTransformer"/>, which applies a differentiable stage such as
/// <see cref="ParametrizedIsp"/>.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ### Estimator characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | `Vector<Single>`; [H, W], raw in [0, 1], for the ISP stages; [3, H, W], linear light, for lens and measurement |
/// | Output column data type | `Vector<Single>[C, H, W]`; [H, W] for the measurement |
/// | Differentiable | Yes: a trainer behind it (`RawImageClassification`) finds it by the column's annotations and trains through it |
/// | Required NuGet in addition to Microsoft.ML | Lens2Logit.MLNet, and TorchSharp-cpu or TorchSharp-cuda-linux / -windows in the application |
/// | Exportable to ONNX | No |
/// ]]></format>
/// On its own it is an ordinary deterministic transform with its initial weights; noise follows from the row's id.
/// </remarks>
public sealed class StageEstimator : IEstimator<StageTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly Options _options;
    private readonly SchemaShape.Column[] _annotations;

    /// <summary>Options of the transform.</summary>
    public sealed record Options
    {
        /// <summary>Name of the column to create.</summary>
        public required string OutputColumnName { get; init; }

        /// <summary>Name of the input column; null (default) for the output's name.</summary>
        public string? InputColumnName { get; init; }

        /// <summary>Builds the stage with its initial weights; called at every Fit, which owns what it returns.</summary>
        public required Func<DifferentiableStage> CreateStage { get; init; }

        /// <summary>Builds it for a given input column instead, where the column says something that the stage should know.</summary>
        internal Func<DataViewSchema.Column, DifferentiableStage>? CreateStageFor { get; init; }
    }

    // Annotations: those that the stage's column has beside the mark.
    internal StageEstimator(IHostEnvironment environment, Options options, params SchemaShape.Column[] annotations)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputColumnName);
        ArgumentNullException.ThrowIfNull(options.CreateStage);
        _environment = environment;
        _options = options with { InputColumnName = options.InputColumnName ?? options.OutputColumnName };
        _annotations = annotations;
    }

    private string InputColumn => _options.InputColumnName!;

    /// <summary>Checks the schema and creates the transformer with the stage's initial weights; no data is read.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentException">A column is missing or has another type or shape.</exception>
    public StageTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var stage = _options.CreateStageFor is { } create && input.Schema.GetColumnOrNull(InputColumn) is { } column ? create(column) : _options.CreateStage();
        var transformer = new StageTransformer(_options.OutputColumnName, InputColumn, stage);
        try
        {
            transformer.GetOutputSchema(input.Schema);
            if (transformer.Stage is ParametrizedIsp isp)
                BlackLevelCheck.Warn(_environment, input.Schema[InputColumn], isp.Options.Camera);
            return transformer;
        }
        catch
        {
            transformer.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ImageShape.RequireVector(inputSchema.Require(InputColumn, "input"), "input", StageTransformer.ExpectedInput);
        return inputSchema.With([SchemaColumns.Vector(_options.OutputColumnName, NumberDataViewType.Single, [.. StageMark.Promised, .. _annotations])]);
    }
}

/// <summary>Applies a differentiable stage, in eval mode, on the CPU. See <see cref="StageEstimator"/>.</summary>
public sealed class StageTransformer : RowTransformer, IDisposable
{
    internal const string LoaderSignature = "Lens2LogitStage";
    internal const string ExpectedInput = "Vector<Single> with known dimensions, such as [H, W]";
    private const string WeightsStream = "Weights.safetensors";

    // Version 2: cameras with a white level.
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L STGE", Version: ModelSignature.First + 1);

    private readonly string _inputColumn;
    private readonly ModuleLease _lease;
    private readonly byte[] _weights;

    internal StageTransformer(string outputColumn, string inputColumn, DifferentiableStage stage)
    {
        OutputColumn = outputColumn;
        _inputColumn = inputColumn;
        Stage = stage;
        Stage.eval();
        _lease = new(Stage);
        _weights = StageMark.Weights(Stage);
    }

    // Called by ML.NET when it loads a model.
    private StageTransformer(IHostEnvironment environment, ModelLoadContext context)
        : this(new ModelReader(context))
    {
    }

    private StageTransformer(ModelReader reader)
        : this(reader, reader.Read<Description>(Signature))
    {
    }

    private StageTransformer(ModelReader reader, Description saved)
        : this(saved.OutputColumn, saved.InputColumn, StoredStage.Build(saved.Kind, saved.Options,
            stage => reader.ReadStream(WeightsStream, stream => ModuleWeights.Load(stage, stream))))
    {
    }

    internal string OutputColumn { get; }

    /// <summary>The stage. It belongs to the transformer: read it, do not dispose or change it.</summary>
    public DifferentiableStage Stage { get; }

    /// <summary>
    /// Releases the stage, unless another transformer shares it; idempotent. A <c>PredictionEngine</c> disposes the model that it was made from
    /// unless its option <c>OwnsTransformer</c> is false.
    /// </summary>
    public void Dispose() => _lease.Dispose();

    private protected override void SaveTo(ModelWriter writer)
    {
        ObjectDisposedException.ThrowIf(_lease.IsDisposed, this);
        writer.Write(Signature, new Description(OutputColumn, _inputColumn, Stage.Kind, Stage.OptionsToJson()));
        writer.WriteStream(WeightsStream, stream => ModuleWeights.Save(Stage, stream));
    }

    private protected override RowMapper CreateMapper(DataViewSchema input)
    {
        ObjectDisposedException.ThrowIf(_lease.IsDisposed, this);
        return new Mapper(this, input);
    }

    private sealed record Description(string OutputColumn, string InputColumn, string Kind, string Options);

    private sealed class Mapper : RowMapper
    {
        private readonly StageTransformer _parent;
        private readonly DataViewSchema.Column _input;
        private readonly int[] _inputShape;
        private readonly int _outputLength;

        public Mapper(StageTransformer parent, DataViewSchema input)
        {
            _parent = parent;
            _input = input.Require(parent._inputColumn, "input");
            var shape = _input.Type is VectorDataViewType vector ? vector.Dimensions.Length : 0;
            _inputShape = ImageShape.Require(_input, "input", shape, ExpectedInput);
            if (parent.Stage.Cfa is { } cfa)
                RawAnnotations.RequirePattern(_input, cfa);
            int[] outputShape;
            try
            {
                outputShape = parent.Stage.OutputShape(_inputShape);
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"Column '{_input.Name}' does not fit the stage: {e.Message}", e);
            }
            _outputLength = ImageShape.Length(outputShape);
            OutputColumns = [new(parent.OutputColumn, new VectorDataViewType(NumberDataViewType.Single, outputShape), StageMark.Of(parent.Stage, _input.Name, parent._weights))];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => [_input];

        public override (Delegate?[] Getters, IDisposable? Resources) CreateGetters(DataViewRow input, Func<int, bool> isActive)
        {
            if (!isActive(0))
                return ([null], null);
            var getInput = input.GetGetter<VBuffer<float>>(_input);
            var readKey = RowKey.Reader(input, null);
            VBuffer<float> vector = default;
            float[] values = new float[ImageShape.Length(_inputShape)], made = new float[_outputLength];
            return ([(ValueGetter<VBuffer<float>>)Apply], null);

            void Apply(ref VBuffer<float> output)
            {
                getInput(ref vector);
                ImageShape.Copy(in vector, values, _input.Name, input.Position);
                ObjectDisposedException.ThrowIf(_parent._lease.IsDisposed, _parent);
                StageInference.RequireFinite(values, _inputShape, _input.Name, input.Position);
                using var guard = ExitGuard.Enter();
                using var scope = NewDisposeScope();
                using var noGradients = no_grad();
                var batch = StageInference.ToBatch([values], _inputShape, CPU);
                try
                {
                    batch = _parent.Stage.forward(batch, [readKey()]);
                }
                catch (ArgumentException e)
                {
                    throw new InvalidDataException($"Row {input.Position} of column '{_input.Name}' cannot be used: {e.Message}", e);
                }
                StageInference.CopyTo(batch, [made], $"Stage '{_parent.Stage.Kind}'");
                var editor = VBufferEditor.Create(ref output, made.Length);
                made.CopyTo(editor.Values);
                output = editor.Commit();
            }
        }
    }
}
