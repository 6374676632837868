using Lens2Logit.Isp;
using Lens2Logit.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Transforms;

/// <summary><see cref="IEstimator{TTransformer}"/> for the <see cref="StaticIspTransformer"/>, which develops raw images with one of the 12 static pipelines.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ### Estimator characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | `Vector<Single>[H, W]`, raw in [0, 1], at least 4×4 |
/// | Output column data type | `Vector<Single>[3, H, W]` in [0, 1] |
/// | Differentiable | No: a trainer behind it trains the network alone |
/// | Required NuGet in addition to Microsoft.ML | Lens2Logit.MLNet |
/// | Exportable to ONNX | No |
/// ]]></format>
/// Without a camera, black level and colour filter array are those that the raw column states when the estimator is fitted (see
/// <see cref="RawAnnotations.CameraOf"/>); colours stay the sensor's. With a camera whose black level is not the column's, Fit logs a warning.
/// </remarks>
public sealed class StaticIspEstimator : IEstimator<StaticIspTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly Options _options;

    /// <summary>Options of the static ISP.</summary>
    public sealed record Options
    {
        /// <summary>Name of the column to create.</summary>
        public required string OutputColumnName { get; init; }

        /// <summary>Name of the raw column; null (default) for the output's name.</summary>
        public string? InputColumnName { get; init; }

        /// <summary>
        /// The camera. Null (default): the one that the raw column names, as <c>LoadRawImages</c> does for DNG, or else
        /// <see cref="CameraParameters.Identity"/> with the black level and colour filter array that the column states, if it does.
        /// </summary>
        public CameraParameters? Camera { get; init; }

        /// <summary>The pipeline's name, see <see cref="IspConfiguration.Parse"/>. Default <c>bi,s,ga</c>.</summary>
        public string Configuration { get; init; } = "bi,s,ga";

        /// <summary>Display gamma γ; the output is v^(1/γ). Default 2.2.</summary>
        public double Gamma { get; init; } = 2.2;

        internal StaticIsp CreateIsp() => new(Camera ?? CameraParameters.Identity, IspConfiguration.Parse(Configuration), Gamma);
    }

    internal StaticIspEstimator(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputColumnName);
        _environment = environment;
        _options = options;
        _ = options.CreateIsp(); // validates
    }

    /// <summary>Checks the schema and creates the transformer; no data is read.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentException">A column is missing or has another type.</exception>
    public StaticIspTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var raw = input.Schema.Require(_options.InputColumnName ?? _options.OutputColumnName, "raw");
        var transformer = new StaticIspTransformer(_options with { Camera = _options.Camera ?? RawAnnotations.CameraOf(raw) ?? CameraParameters.Identity });
        transformer.GetOutputSchema(input.Schema);
        BlackLevelCheck.Warn(_environment, raw, transformer.Isp.Camera);
        return transformer;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ImageShape.RequireVector(inputSchema.Require(_options.InputColumnName ?? _options.OutputColumnName, "raw"), "raw", StaticIspTransformer.ExpectedRaw);
        return inputSchema.With([SchemaColumns.Vector(_options.OutputColumnName, NumberDataViewType.Single)]);
    }
}

/// <summary>Develops raw images with a static pipeline. See <see cref="StaticIspEstimator"/>.</summary>
public sealed class StaticIspTransformer : RowTransformer
{
    internal const string LoaderSignature = "Lens2LogitStaticIsp";
    internal const string ExpectedRaw = "Vector<Single>[H, W]";

    // Version 2: cameras with a white level.
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L SISP", Version: ModelSignature.First + 1);

    private readonly StaticIspEstimator.Options _options;

    internal StaticIspTransformer(StaticIspEstimator.Options options)
    {
        Isp = options.CreateIsp();
        _options = options with { Camera = Isp.Camera };
    }

    // Called by ML.NET when it loads a model.
    private StaticIspTransformer(IHostEnvironment environment, ModelLoadContext context)
        : this(new ModelReader(context).Read<StaticIspEstimator.Options>(Signature))
    {
    }

    /// <summary>The pipeline.</summary>
    public StaticIsp Isp { get; }

    private protected override void SaveTo(ModelWriter writer) => writer.Write(Signature, _options);

    private protected override RowMapper CreateMapper(DataViewSchema input) => new Mapper(this, input);

    private sealed class Mapper : RowMapper
    {
        private readonly StaticIspTransformer _parent;
        private readonly DataViewSchema.Column _raw;
        private readonly int _height, _width;

        public Mapper(StaticIspTransformer parent, DataViewSchema input)
        {
            _parent = parent;
            _raw = input.Require(parent._options.InputColumnName ?? parent._options.OutputColumnName, "raw");
            var dimensions = ImageShape.Require(_raw, "raw", 2, ExpectedRaw);
            (_height, _width) = (dimensions[0], dimensions[1]);
            ImageGuard.RequireSize(_height, _width);
            RawAnnotations.RequirePattern(_raw, parent.Isp.Camera.Cfa);
            OutputColumns = [new(parent._options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, 3, _height, _width), null)];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => [_raw];

        public override (Delegate?[] Getters, IDisposable? Resources) CreateGetters(DataViewRow input, Func<int, bool> isActive)
        {
            if (!isActive(0))
                return ([null], null);
            var getRaw = input.GetGetter<VBuffer<float>>(_raw);
            VBuffer<float> vector = default;
            var scratch = new float[_height * _width];
            return ([(ValueGetter<VBuffer<float>>)Develop], null);

            void Develop(ref VBuffer<float> rgb)
            {
                getRaw(ref vector);
                var raw = ImageShape.Dense(in vector, scratch, _raw.Name, input.Position);
                var editor = VBufferEditor.Create(ref rgb, 3 * raw.Length);
                try
                {
                    _parent.Isp.Process<float>(raw, _height, _width, editor.Values);
                }
                catch (ArgumentException e)
                {
                    throw new InvalidDataException($"Row {input.Position} of column '{_raw.Name}' cannot be developed: {e.Message}", e);
                }
                rgb = editor.Commit();
            }
        }
    }
}
