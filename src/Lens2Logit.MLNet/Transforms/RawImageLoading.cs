using System.Collections.Concurrent;
using Lens2Logit.IO;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for the <see cref="RawImageLoadingTransformer"/>, which reads raw images from files.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ### Estimator characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | Yes: the first file's header, and the headers of all where no size is given |
/// | Input column data type | Text: paths of TIFF, DNG, PNG, NPY or headerless files |
/// | Output column data type | `Vector<Single>[H, W]`: the mosaic, DN / (2^bits − 1), nominally in [0, 1] |
/// | Required NuGet in addition to Microsoft.ML | Lens2Logit.MLNet |
/// | Exportable to ONNX | No |
/// ]]></format>
/// The column says what its numbers mean (<see cref="RawAnnotations"/>), and how to develop them where the first file says so: `ProcessRaw`
/// without a camera takes that one, white balance included, for all rows. A file with other black or white levels is brought to those of
/// the first; one with another colour filter array is an error. Files are read when a cursor asks for them.
/// </remarks>
public sealed class RawImageLoadingEstimator : IEstimator<RawImageLoadingTransformer>
{
    private const int MostNamed = 100;

    private readonly Options _options;

    /// <summary>Options of the loader.</summary>
    public sealed record Options
    {
        /// <summary>Name of the column to create.</summary>
        public required string OutputColumnName { get; init; }

        /// <summary>Name of the column of paths; null (default) for the output's name.</summary>
        public string? InputColumnName { get; init; }

        /// <summary>The folder to which paths are relative; null (default) or empty for none.</summary>
        public string? ImageFolder { get; init; }

        /// <summary>Size of all images, after turning. Null (default): that of the first file at Fit, when every file of another size is named.</summary>
        public ImageSize? Size { get; init; }

        /// <summary>What files do not say themselves: camera, layout of headerless ones; and whether they are turned.</summary>
        public RawReadOptions Reading { get; init; } = new();

        internal string PathColumnName => InputColumnName ?? OutputColumnName;

        internal string FullPath(string path) => string.IsNullOrEmpty(ImageFolder) ? path : Path.Combine(ImageFolder, path);
    }

    internal RawImageLoadingEstimator(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputColumnName);
        ArgumentNullException.ThrowIfNull(options.Reading);
        options.Reading.Validate();
        if (options.Size is { } size && (size.Height < 1 || size.Width < 1))
            throw new ArgumentOutOfRangeException(nameof(options), size, "Size must be at least 1×1.");
        _options = options;
    }

    /// <summary>Reads the first file's header, and those of all files if no size is given.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentException">The column of paths is missing or no text, or there is no row and no size is given.</exception>
    /// <exception cref="FileNotFoundException">The first file does not exist.</exception>
    /// <exception cref="InvalidDataException">Files cannot be read, or differ in size; the message names each.</exception>
    public RawImageLoadingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var column = input.Schema.Require(_options.PathColumnName, "path");
        if (column.Type is not TextDataViewType)
            throw SchemaColumns.WrongType(column.Name, "path", column.Type.ToString()!, "text");
        var paths = input.GetColumn<string>(column);
        var first = paths.FirstOrDefault(path => !string.IsNullOrEmpty(path));
        if (first is null)
        {
            var size = _options.Size ?? throw new ArgumentException($"Column '{column.Name}' has no path, so that the size of the images is unknown; give it with Size.", nameof(input));
            return new(_options, new(size, 0, _options.Reading.Camera));
        }
        var info = RawImageReader.ReadInfo(_options.FullPath(first), _options.Reading);
        var found = new RawColumn(_options.Size ?? new(info.Height, info.Width), info.BitDepth, info.Camera);
        if (_options.Size is null)
            RequireSize(paths, first, found.Size);
        return new(_options, found);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var path = inputSchema.Require(_options.PathColumnName, "path");
        if (path.Kind != SchemaShape.Column.VectorKind.Scalar || path.ItemType != TextDataViewType.Instance)
            throw SchemaColumns.WrongType(path.Name, "path", path.Describe(), "text");
        return inputSchema.With([SchemaColumns.Vector(_options.OutputColumnName, NumberDataViewType.Single, RawAnnotations.PromisedWithCamera)]);
    }

    private void RequireSize(IEnumerable<string> paths, string first, ImageSize size)
    {
        var problems = new ConcurrentBag<string>();
        Parallel.ForEach(paths.Where(path => !string.IsNullOrEmpty(path)).Distinct(), path =>
        {
            try
            {
                var info = RawImageReader.ReadInfo(_options.FullPath(path), _options.Reading);
                if (size != new ImageSize(info.Height, info.Width))
                    problems.Add($"'{path}' is {info.Height}×{info.Width}");
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                problems.Add(e.Message);
            }
        });
        if (problems.IsEmpty)
            return;
        throw new InvalidDataException($"{problems.Count} files do not have the size of the first, '{first}', {size}: "
            + $"{ShortList.Of([.. problems.Order(StringComparer.Ordinal)], MostNamed)}. Leave them out, crop them, or load them apart.");
    }
}

/// <summary>What all images of a column have in common.</summary>
/// <param name="Size">Height and width.</param>
/// <param name="BitDepth">Bits of a digital number, 0 for floating point.</param>
/// <param name="Camera">Whose levels the values have; null if it is unknown.</param>
internal sealed record RawColumn(ImageSize Size, int BitDepth, CameraParameters? Camera);

/// <summary>Reads raw images from files. See <see cref="RawImageLoadingEstimator"/>.</summary>
public sealed class RawImageLoadingTransformer : RowTransformer
{
    internal const string LoaderSignature = "Lens2LogitRawImages";
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L RAWI");

    private readonly RawImageLoadingEstimator.Options _options;
    private readonly RawColumn _column;

    internal RawImageLoadingTransformer(RawImageLoadingEstimator.Options options, RawColumn column) => (_options, _column) = (options, column);

    private RawImageLoadingTransformer(Description description)
        : this(description.Options, description.Column)
    {
    }

    // Called by ML.NET when it loads a model.
    private RawImageLoadingTransformer(IHostEnvironment environment, ModelLoadContext context)
        : this(new ModelReader(context).Read<Description>(Signature))
    {
    }

    /// <summary>Size of the images.</summary>
    public ImageSize Size => _column.Size;

    /// <summary>The camera that the column names: the first file's at Fit; null if it is unknown.</summary>
    public CameraParameters? Camera => _column.Camera;

    private protected override void SaveTo(ModelWriter writer) => writer.Write(Signature, new Description(_options, _column));

    private protected override RowMapper CreateMapper(DataViewSchema input) => new Mapper(this, input);

    private sealed record Description(RawImageLoadingEstimator.Options Options, RawColumn Column);

    private sealed class Mapper : RowMapper
    {
        private readonly RawImageLoadingTransformer _parent;
        private readonly DataViewSchema.Column _path;

        public Mapper(RawImageLoadingTransformer parent, DataViewSchema input)
        {
            _parent = parent;
            _path = input.Require(parent._options.PathColumnName, "path");
            if (_path.Type is not TextDataViewType)
                throw SchemaColumns.WrongType(_path.Name, "path", _path.Type.ToString()!, "text");
            var (size, bits, camera) = parent._column;
            OutputColumns = [new(parent._options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, size.Height, size.Width), RawAnnotations.Of(camera, bits))];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => [_path];

        public override (Delegate?[] Getters, IDisposable? Resources) CreateGetters(DataViewRow input, Func<int, bool> isActive)
        {
            if (!isActive(0))
                return ([null], null);
            var getPath = input.GetGetter<ReadOnlyMemory<char>>(_path);
            ReadOnlyMemory<char> path = default;
            var (options, (size, _, camera)) = (_parent._options, _parent._column);
            return ([(ValueGetter<VBuffer<float>>)Load], null);

            void Load(ref VBuffer<float> raw)
            {
                getPath(ref path);
                if (path.IsEmpty)
                    throw new InvalidDataException($"Row {input.Position} of column '{_path.Name}' is empty; expected the path of a raw image.");
                var editor = VBufferEditor.Create(ref raw, size.Height * size.Width);
                var file = options.FullPath(path.ToString());
                var info = RawImageReader.Read(file, editor.Values, size, options.Reading);
                if (camera is not null && info.Camera is { } own)
                {
                    if (own.Cfa != camera.Cfa)
                        throw new InvalidDataException($"'{file}' holds a {own.Cfa} mosaic; the first file, at Fit, had {camera.Cfa}. Load it apart.");
                    LinearReference.ChangeLevels(editor.Values, size.Width, own, camera);
                }
                raw = editor.Commit();
            }
        }
    }
}
