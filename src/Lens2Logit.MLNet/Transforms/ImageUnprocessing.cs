using Lens2Logit.MLNet.Interop;
using Lens2Logit.Sensors.Unprocessing;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for the <see cref="ImageUnprocessingTransformer"/>, which turns sRGB images into the linear light that
/// a camera saw.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ### Estimator characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | `MLImage` of known size, or `Vector<Single>[3, H, W]`: sRGB, encoded, in [0, 1] |
/// | Output column data type | `Vector<Single>[3, H, W]`: a linear scene in [0, 1], as `SimulateMeasurement` takes |
/// | Required NuGet in addition to Microsoft.ML | Lens2Logit.MLNet |
/// | Exportable to ONNX | No |
/// ]]></format>
/// Each row gets the gains and colour matrix of a camera of its own, which follow from <see cref="Options.Seed"/> and the row's key alone; the
/// key is the row's id, unless a column is named. What is exactly invertible and what is not: <see cref="UnprocessingParameters"/>. With a
/// sensor whose quantum efficiencies differ between colours, as those of most presets, use <see cref="UnprocessingOptions.Neutral"/>.
/// </remarks>
public sealed class ImageUnprocessingEstimator : IEstimator<ImageUnprocessingTransformer>
{
    private readonly Options _options;

    /// <summary>Options of unprocessing.</summary>
    public sealed record Options
    {
        /// <summary>Name of the column to create.</summary>
        public required string OutputColumnName { get; init; }

        /// <summary>Name of the image column; null (default) for the output's name.</summary>
        public string? InputColumnName { get; init; }

        /// <summary>From which cameras gains and matrices are drawn. Default: those of the paper.</summary>
        public UnprocessingOptions Unprocessing { get; init; } = new();

        /// <summary>Seed of this series of images. Default 0.</summary>
        public int Seed { get; init; }

        /// <summary>Text or whole-number column that tells rows apart; null (default) for the row's id.</summary>
        public string? RowKeyColumnName { get; init; }
    }

    internal ImageUnprocessingEstimator(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputColumnName);
        ArgumentNullException.ThrowIfNull(options.Unprocessing);
        options.Unprocessing.Validate();
        _options = options;
    }

    /// <summary>Checks the schema and creates the transformer; no data is read.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentException">A column is missing or has another type.</exception>
    public ImageUnprocessingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = new ImageUnprocessingTransformer(_options);
        transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var image = inputSchema.Require(_options.InputColumnName ?? _options.OutputColumnName, "image");
        if (image.ItemType is not ImageDataViewType || image.Kind != SchemaShape.Column.VectorKind.Scalar)
            ImageShape.RequireVector(image, "image", ImageUnprocessingTransformer.ExpectedImage);
        if (_options.RowKeyColumnName is { } key)
            RowKey.RequireType(inputSchema.Require(key, "row key"));
        return inputSchema.With([SchemaColumns.Vector(_options.OutputColumnName, NumberDataViewType.Single)]);
    }
}

/// <summary>Turns sRGB images into linear scenes. See <see cref="ImageUnprocessingEstimator"/>.</summary>
public sealed class ImageUnprocessingTransformer : RowTransformer
{
    internal const string LoaderSignature = "Lens2LogitUnprocess";
    internal const string ExpectedImage = "an image or Vector<Single>[3, H, W]";
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L UNPR");

    // Values of 8-bit images, and their linear light.
    private static readonly float[] OfByte = [.. Enumerable.Range(0, 256).Select(value => value / 255f)];

    private readonly ImageUnprocessingEstimator.Options _options;
    private readonly float[] _linearOfByte;

    internal ImageUnprocessingTransformer(ImageUnprocessingEstimator.Options options)
    {
        _options = options;
        var curve = UnprocessingParameters.Identity with { Gamma = options.Unprocessing.Gamma, ToneMapped = options.Unprocessing.ToneMapped };
        _linearOfByte = Array.ConvertAll(OfByte, curve.Linearize);
    }

    // Called by ML.NET when it loads a model.
    private ImageUnprocessingTransformer(IHostEnvironment environment, ModelLoadContext context)
        : this(new ModelReader(context).Read<ImageUnprocessingEstimator.Options>(Signature))
    {
    }

    private protected override void SaveTo(ModelWriter writer) => writer.Write(Signature, _options);

    private protected override RowMapper CreateMapper(DataViewSchema input) => new Mapper(this, input);

    private sealed class Mapper : RowMapper
    {
        private readonly ImageUnprocessingTransformer _parent;
        private readonly DataViewSchema.Column _image;
        private readonly DataViewSchema.Column? _key;
        private readonly int _height, _width;

        public Mapper(ImageUnprocessingTransformer parent, DataViewSchema input)
        {
            _parent = parent;
            var options = parent._options;
            _image = input.Require(options.InputColumnName ?? options.OutputColumnName, "image");
            if (options.RowKeyColumnName is { } key)
            {
                _key = input.Require(key, "row key");
                RowKey.RequireType(_key.Value);
            }
            (_, _height, _width) = SceneReader.ShapeOf(_image, "image", ExpectedImage, "UnprocessImage");
            OutputColumns = [new(options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, 3, _height, _width), null)];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => _key is { } key ? [_image, key] : [_image];

        public override (Delegate?[] Getters, IDisposable? Resources) CreateGetters(DataViewRow input, Func<int, bool> isActive)
        {
            if (!isActive(0))
                return ([null], null);
            var images = new SceneReader(input, _image, 3, _height, _width, _parent._linearOfByte);
            var readKey = RowKey.Reader(input, _key);
            return ([(ValueGetter<VBuffer<float>>)Unprocess], images);

            void Unprocess(ref VBuffer<float> scene)
            {
                var image = images.Read();
                var camera = _parent._options.Unprocessing.Sample(_parent._options.Seed, readKey());
                var editor = VBufferEditor.Create(ref scene, image.Length);
                if (_image.Type is ImageDataViewType)
                {
                    // Its bytes were read as linear light.
                    image.CopyTo(editor.Values);
                    camera.ToCamera(editor.Values);
                }
                else
                {
                    try
                    {
                        camera.Unprocess(image, editor.Values);
                    }
                    catch (ArgumentException e)
                    {
                        throw new InvalidDataException($"Row {input.Position} of column '{_image.Name}' is no sRGB image: {e.Message}", e);
                    }
                }
                scene = editor.Commit();
            }
        }
    }
}
