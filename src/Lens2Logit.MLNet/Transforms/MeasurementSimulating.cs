using Lens2Logit.MLNet.Interop;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for the <see cref="MeasurementSimulatingTransformer"/>, which photographs a scene with a simulated sensor.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ### Estimator characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | `MLImage` of known size (8-bit sRGB, decoded to linear light), or `Vector<Single>[3, H, W]`: a linear scene, 1 = reference white |
/// | Output column data type | `Vector<Single>[H, W]`: the Bayer mosaic, DN / (2^bits − 1) in [0, 1] |
/// | Required NuGet in addition to Microsoft.ML | Lens2Logit.MLNet |
/// | Exportable to ONNX | No |
/// ]]></format>
/// The noise of a row follows from camera seed, frame seed and row key alone. The key is the row's id, unless a column is named: separate
/// data views both count from 0, so name a column (a path, say) or give the test set another frame seed. A row without an image is an
/// error and not a black frame, which would be measured like any other: filter such rows out first.
/// </remarks>
public sealed class MeasurementSimulatingEstimator : IEstimator<MeasurementSimulatingTransformer>
{
    private readonly Options _options;

    /// <summary>Options of the measurement.</summary>
    public sealed record Options
    {
        /// <summary>Name of the column to create.</summary>
        public required string OutputColumnName { get; init; }

        /// <summary>Name of the scene column; null (default) for the output's name.</summary>
        public string? InputColumnName { get; init; }

        /// <summary>The sensor. Default <see cref="SensorPresets.RawDrone"/>.</summary>
        public SensorModel Sensor { get; init; } = SensorPresets.RawDrone;

        /// <summary>Light, time and temperature. Default: full illumination.</summary>
        public Exposure Exposure { get; init; } = new();

        /// <summary>Seed of this series of images. Default 0.</summary>
        public int FrameSeed { get; init; }

        /// <summary>Text or whole-number column that tells rows apart; null (default) for the row's id.</summary>
        public string? RowKeyColumnName { get; init; }
    }

    internal MeasurementSimulatingEstimator(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputColumnName);
        _options = options;
        _ = new MeasurementSampler(options.Sensor, options.Exposure, options.FrameSeed); // validates
    }

    /// <summary>Checks the schema and creates the transformer; no data is read.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentException">A column is missing or has another type.</exception>
    public MeasurementSimulatingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = new MeasurementSimulatingTransformer(_options);
        transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var scene = inputSchema.Require(_options.InputColumnName ?? _options.OutputColumnName, "scene");
        if (scene.ItemType is not ImageDataViewType || scene.Kind != SchemaShape.Column.VectorKind.Scalar)
            ImageShape.RequireVector(scene, "scene", MeasurementSimulatingTransformer.ExpectedScene);
        if (_options.RowKeyColumnName is { } key)
            RowKey.RequireType(inputSchema.Require(key, "row key"));
        return inputSchema.With([SchemaColumns.Vector(_options.OutputColumnName, NumberDataViewType.Single, RawAnnotations.Promised)]);
    }
}

/// <summary>Photographs scenes with a simulated sensor. See <see cref="MeasurementSimulatingEstimator"/>.</summary>
public sealed class MeasurementSimulatingTransformer : RowTransformer
{
    internal const string LoaderSignature = "Lens2LogitMeasurement";
    internal const string ExpectedScene = "an image or Vector<Single>[3, H, W]";
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L MEAS");

    private readonly MeasurementSimulatingEstimator.Options _options;
    private readonly MeasurementSampler _sampler;

    internal MeasurementSimulatingTransformer(MeasurementSimulatingEstimator.Options options)
    {
        _options = options;
        _sampler = new(options.Sensor, options.Exposure, options.FrameSeed);
    }

    // Called by ML.NET when it loads a model.
    private MeasurementSimulatingTransformer(IHostEnvironment environment, ModelLoadContext context)
        : this(new ModelReader(context).Read<MeasurementSimulatingEstimator.Options>(Signature))
    {
    }

    /// <summary>The sensor.</summary>
    public SensorModel Sensor => _options.Sensor;

    /// <summary>The exposure.</summary>
    public Exposure Exposure => _options.Exposure;

    internal MeasurementSimulatingEstimator.Options Options => _options;

    private protected override void SaveTo(ModelWriter writer) => writer.Write(Signature, _options);

    private protected override RowMapper CreateMapper(DataViewSchema input) => new Mapper(this, input);

    private sealed class Mapper : RowMapper
    {
        private readonly MeasurementSimulatingTransformer _parent;
        private readonly DataViewSchema.Column _scene;
        private readonly DataViewSchema.Column? _key;
        private readonly int _height, _width;

        public Mapper(MeasurementSimulatingTransformer parent, DataViewSchema input)
        {
            _parent = parent;
            var options = parent._options;
            _scene = input.Require(options.InputColumnName ?? options.OutputColumnName, "scene");
            if (options.RowKeyColumnName is { } key)
            {
                _key = input.Require(key, "row key");
                RowKey.RequireType(_key.Value);
            }
            (_height, _width) = SizeOf(_scene);
            OutputColumns = [new(options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, _height, _width), RawAnnotations.Of(options.Sensor))];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => _key is { } key ? [_scene, key] : [_scene];

        public override (Delegate?[] Getters, IDisposable? Resources) CreateGetters(DataViewRow input, Func<int, bool> isActive)
        {
            if (!isActive(0))
                return ([null], null);
            var scenes = new SceneReader(input, _scene, _height, _width);
            var readKey = RowKey.Reader(input, _key);
            return ([(ValueGetter<VBuffer<float>>)Measure], scenes);

            void Measure(ref VBuffer<float> raw)
            {
                var scene = scenes.Read();
                var editor = VBufferEditor.Create(ref raw, _height * _width);
                try
                {
                    _parent._sampler.Measure(scene, _height, _width, readKey(), editor.Values);
                }
                catch (ArgumentException e)
                {
                    throw new InvalidDataException($"Row {input.Position} of column '{_scene.Name}' cannot be measured: {e.Message}", e);
                }
                raw = editor.Commit();
            }
        }

        private static (int Height, int Width) SizeOf(DataViewSchema.Column scene)
        {
            if (scene.Type is ImageDataViewType image)
            {
                if (image.Height <= 0 || image.Width <= 0)
                    throw new ArgumentException($"The images of scene column '{scene.Name}' have no known size. Put Transforms.ResizeImages(\"{scene.Name}\", width, height) before SimulateMeasurement.");
                return (image.Height, image.Width);
            }
            var dimensions = ImageShape.Require(scene, "scene", 3, ExpectedScene);
            if (dimensions[0] != 3)
                throw SchemaColumns.WrongType(scene.Name, "scene", scene.Type.ToString()!, ExpectedScene);
            return (dimensions[1], dimensions[2]);
        }
    }
}
