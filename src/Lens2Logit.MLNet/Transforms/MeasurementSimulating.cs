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
/// | Input column data type | `MLImage` of known size (8-bit sRGB, decoded to linear light), or `Vector<Single>[3, H, W]`: a linear scene, 1 = reference white; for a monochrome sensor also `Vector<Single>[1, H, W]` |
/// | Exposure column data type | `Single`, where one is named |
/// | Output column data type | `Vector<Single>[H, W]`: the mosaic, DN / (2^bits − 1) in [0, 1], annotated with what its numbers mean (<see cref="RawAnnotations"/>) |
/// | Required NuGet in addition to Microsoft.ML | Lens2Logit.MLNet |
/// | Exportable to ONNX | No |
/// ]]></format>
/// The noise of a row follows from camera seed, frame seed and row key alone. The key is the row's id, unless a column is named: separate
/// data views both count from 0, so name a column (a path, say) or give the test set another frame seed. A row without an image is an
/// error and not a black frame, which would be measured like any other: filter such rows out first.
/// <para>
/// A part of the exposure may come from a column, so that one pipeline takes a whole sweep of light, time or temperature. Rows with the
/// same key and frame seed draw the same random numbers at every exposure, which makes comparisons sharp; give keys that differ where
/// their noise is to be independent.
/// </para>
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

        /// <summary>Light, time and temperature, where no column gives them. Default: full illumination.</summary>
        public Exposure Exposure { get; init; } = new();

        /// <summary>Column of each row's <see cref="Exposure.Illumination"/>; null (default) for that of <see cref="Exposure"/>.</summary>
        public string? IlluminationColumnName { get; init; }

        /// <summary>Column of each row's <see cref="Exposure.PhotonsPerPixel"/>; null (default) for that of <see cref="Exposure"/>.</summary>
        public string? PhotonsPerPixelColumnName { get; init; }

        /// <summary>Column of each row's <see cref="Exposure.ExposureTimeSeconds"/>; null (default) for that of <see cref="Exposure"/>.</summary>
        public string? ExposureTimeColumnName { get; init; }

        /// <summary>Column of each row's <see cref="Exposure.TemperatureCelsius"/>; null (default) for that of <see cref="Exposure"/>.</summary>
        public string? TemperatureColumnName { get; init; }

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
        _ = new MeasurementSimulatingTransformer(options); // validates
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
            ImageShape.RequireVector(scene, "scene", MeasurementSimulatingTransformer.ExpectedScene(_options.Sensor));
        if (_options.RowKeyColumnName is { } key)
            RowKey.RequireType(inputSchema.Require(key, "row key"));
        new ExposureColumns(_options).Require(inputSchema);
        return inputSchema.With([SchemaColumns.Vector(_options.OutputColumnName, NumberDataViewType.Single, RawAnnotations.Promised)]);
    }
}

/// <summary>Photographs scenes with a simulated sensor. See <see cref="MeasurementSimulatingEstimator"/>.</summary>
public sealed class MeasurementSimulatingTransformer : RowTransformer
{
    internal const string LoaderSignature = "Lens2LogitMeasurement";

    // Version 2: exposures from columns.
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L MEAS", Version: ModelSignature.First + 1);

    private readonly MeasurementSimulatingEstimator.Options _options;
    private readonly MeasurementSampler _sampler;
    private readonly ExposureColumns _exposures;

    internal MeasurementSimulatingTransformer(MeasurementSimulatingEstimator.Options options)
    {
        _options = options;
        _sampler = new(options.Sensor, options.Exposure, options.FrameSeed);
        _exposures = new(options);
    }

    // Called by ML.NET when it loads a model.
    private MeasurementSimulatingTransformer(IHostEnvironment environment, ModelLoadContext context)
        : this(new ModelReader(context).Read<MeasurementSimulatingEstimator.Options>(Signature))
    {
    }

    /// <summary>The sensor.</summary>
    public SensorModel Sensor => _options.Sensor;

    /// <summary>The exposure, where no column gives another.</summary>
    public Exposure Exposure => _options.Exposure;

    internal static string ExpectedScene(SensorModel sensor) =>
        sensor.Cfa == CfaPattern.Monochrome ? "an image, Vector<Single>[3, H, W] or Vector<Single>[1, H, W]" : "an image or Vector<Single>[3, H, W]";

    internal MeasurementSimulatingEstimator.Options Options => _options;

    private protected override void SaveTo(ModelWriter writer) => writer.Write(Signature, _options);

    private protected override RowMapper CreateMapper(DataViewSchema input) => new Mapper(this, input);

    private sealed class Mapper : RowMapper
    {
        private readonly MeasurementSimulatingTransformer _parent;
        private readonly DataViewSchema.Column _scene;
        private readonly DataViewSchema.Column? _key;
        private readonly IReadOnlyList<DataViewSchema.Column> _exposures;
        private readonly int _channels, _height, _width;

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
            _exposures = parent._exposures.Require(input);
            (_channels, _height, _width) = SceneReader.ShapeOf(
                _scene, "scene", ExpectedScene(options.Sensor), "SimulateMeasurement", oneChannelAllowed: options.Sensor.Cfa == CfaPattern.Monochrome);
            OutputColumns = [new(options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, _height, _width), RawAnnotations.Of(options.Sensor))];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => _key is { } key ? [_scene, .. _exposures, key] : [_scene, .. _exposures];

        public override (Delegate?[] Getters, IDisposable? Resources) CreateGetters(DataViewRow input, Func<int, bool> isActive)
        {
            if (!isActive(0))
                return ([null], null);
            var scenes = new SceneReader(input, _scene, _channels, _height, _width, SceneReader.SrgbToLinear);
            var readExposure = _parent._exposures.Reader(input, _exposures);
            var readKey = RowKey.Reader(input, _key);
            return ([(ValueGetter<VBuffer<float>>)Measure], scenes);

            void Measure(ref VBuffer<float> raw)
            {
                var scene = scenes.Read();
                var exposure = readExposure();
                var editor = VBufferEditor.Create(ref raw, _height * _width);
                try
                {
                    _parent._sampler.Measure(scene, _height, _width, readKey(), exposure, editor.Values);
                }
                catch (ArgumentException e)
                {
                    throw new InvalidDataException($"Row {input.Position} of column '{_scene.Name}' cannot be measured: {e.Message}", e);
                }
                raw = editor.Commit();
            }
        }
    }
}
