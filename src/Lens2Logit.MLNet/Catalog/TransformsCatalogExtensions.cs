using Lens2Logit.Isp;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Unprocessing;
using Lens2Logit.Stages;

namespace Microsoft.ML;

/// <summary>Camera simulation and raw development in ML.NET pipelines.</summary>
public static partial class Lens2LogitTransformsCatalog
{
    /// <summary>Reads raw images: TIFF, DNG, PNG, NPY, and files of pixels alone. For developed images use LoadImages.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">Name of the raw column to create, [H, W].</param>
    /// <param name="imageFolder">The folder to which paths are relative; null or empty for none.</param>
    /// <param name="inputColumnName">Name of the column of paths, text. Null for the output's name.</param>
    /// <param name="size">Size of all images. Null: that of the first file, read at Fit, when every file of another size is named.</param>
    /// <param name="camera">The camera of files that do not describe theirs, which only DNG does; null if it is unknown.</param>
    /// <exception cref="ArgumentException">A name is empty, or an option is out of range.</exception>
    public static RawImageLoadingEstimator LoadRawImages(this TransformsCatalog catalog, string outputColumnName, string? imageFolder, string? inputColumnName = null,
        ImageSize? size = null, CameraParameters? camera = null) => catalog.LoadRawImages(new()
        {
            OutputColumnName = outputColumnName,
            ImageFolder = imageFolder,
            InputColumnName = inputColumnName,
            Size = size,
            Reading = new() { Camera = camera },
        });

    /// <summary>Reads raw images: TIFF, DNG, PNG, NPY, and files of pixels alone. For developed images use LoadImages.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="options">All options.</param>
    /// <exception cref="ArgumentException">A name is empty, or an option is out of range.</exception>
    public static RawImageLoadingEstimator LoadRawImages(this TransformsCatalog catalog, RawImageLoadingEstimator.Options options)
    {
        MLEnvironment.Check(catalog);
        return new(options);
    }

    /// <summary>Photographs scenes with a simulated sensor.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">Name of the raw column to create, [H, W] in [0, 1].</param>
    /// <param name="inputColumnName">Name of the scene: images of known size, or linear RGB [3, H, W]. Null for the output's name.</param>
    /// <param name="sensor">The sensor; null for <see cref="SensorPresets.RawDrone"/>.</param>
    /// <param name="exposure">Light, time and temperature; null for full illumination.</param>
    /// <param name="rowKeyColumnName">Column that tells rows apart, on which the noise depends; null for the row's id.</param>
    /// <param name="frameSeed">Seed of this series of images.</param>
    /// <param name="illuminationColumnName">Column (Single) of each row's relative light; null for that of <paramref name="exposure"/>.</param>
    /// <exception cref="ArgumentException">A physical quantity is out of range; the message names it.</exception>
    public static MeasurementSimulatingEstimator SimulateMeasurement(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null,
        SensorModel? sensor = null, Exposure? exposure = null, string? rowKeyColumnName = null, int frameSeed = 0, string? illuminationColumnName = null) => catalog.SimulateMeasurement(new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Sensor = sensor ?? SensorPresets.RawDrone,
            Exposure = exposure ?? new(),
            RowKeyColumnName = rowKeyColumnName,
            FrameSeed = frameSeed,
            IlluminationColumnName = illuminationColumnName,
        });

    /// <summary>Photographs scenes with a simulated sensor.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="options">All options.</param>
    /// <exception cref="ArgumentException">A physical quantity is out of range; the message names it.</exception>
    public static MeasurementSimulatingEstimator SimulateMeasurement(this TransformsCatalog catalog, MeasurementSimulatingEstimator.Options options)
    {
        MLEnvironment.Check(catalog);
        return new(options);
    }

    /// <summary>
    /// Turns sRGB images into the linear light that a camera saw (Brooks et al., CVPR 2019), with gains and a colour matrix drawn for each row.
    /// </summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">Name of the scene to create, linear RGB [3, H, W], for SimulateMeasurement.</param>
    /// <param name="inputColumnName">Name of the images: of known size, or sRGB vectors [3, H, W] in [0, 1]. Null for the output's name.</param>
    /// <param name="options">From which cameras gains and matrices are drawn; null for those of the paper.</param>
    /// <param name="rowKeyColumnName">Column that tells rows apart, on which the draw depends; null for the row's id.</param>
    /// <param name="seed">Seed of this series of images.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static ImageUnprocessingEstimator UnprocessImage(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null,
        UnprocessingOptions? options = null, string? rowKeyColumnName = null, int seed = 0) => catalog.UnprocessImage(new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Unprocessing = options ?? new(),
            RowKeyColumnName = rowKeyColumnName,
            Seed = seed,
        });

    /// <summary>Turns sRGB images into the linear light that a camera saw.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="options">All options.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static ImageUnprocessingEstimator UnprocessImage(this TransformsCatalog catalog, ImageUnprocessingEstimator.Options options)
    {
        MLEnvironment.Check(catalog);
        return new(options);
    }

    /// <summary>Develops raw images with one of the static pipelines.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">Name of the view to create, [3, H, W] in [0, 1].</param>
    /// <param name="inputColumnName">Name of the raw column [H, W]. Null for the output's name.</param>
    /// <param name="camera">
    /// The camera's parameters. Null: those that the raw column names, as LoadRawImages does for DNG, or else the black level and colour filter
    /// array that it states, and colours as the sensor has them: give <see cref="CameraParameters.RawDrone"/> for the default sensor of
    /// SimulateMeasurement.
    /// </param>
    /// <param name="configuration">The pipeline: demosaicing (bi, ma, me), sharpening (s, u, uv) and denoising (me, ga, fft), see <see cref="IspConfiguration.Parse"/>.</param>
    /// <exception cref="ArgumentException">The name or the camera's parameters are not valid; the message says what is.</exception>
    public static StaticIspEstimator ProcessRaw(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null, CameraParameters? camera = null,
        string configuration = "bi,s,ga") => catalog.ProcessRaw(new StaticIspEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Camera = camera,
            Configuration = configuration,
        });

    /// <summary>Develops raw images with one of the static pipelines.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="options">All options.</param>
    /// <exception cref="ArgumentException">The name or the camera's parameters are not valid; the message says what is.</exception>
    public static StaticIspEstimator ProcessRaw(this TransformsCatalog catalog, StaticIspEstimator.Options options) => new(MLEnvironment.Of(catalog), options);

    /// <summary>Develops raw images with the parametrised ISP, through which a trainer behind it can learn.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">Name of the view to create, [3, H, W].</param>
    /// <param name="inputColumnName">Name of the raw column [H, W]. Null for the output's name.</param>
    /// <param name="options">Camera and conventions. Where the camera is <see cref="CameraParameters.Identity"/>, the default, the stage starts with what the raw column states of its camera when it is fitted (<see cref="RawAnnotations.CameraOf"/>), if it does.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static StageEstimator ProcessRaw(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, ParametrizedIspOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return catalog.ApplyStage(new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            CreateStage = () => new ParametrizedIsp(options),
            CreateStageFor = options.Camera != CameraParameters.Identity ? null
                : raw => new ParametrizedIsp(options with { Camera = RawAnnotations.CameraOf(raw) ?? options.Camera }),
        });
    }

    /// <summary>Rearranges the mosaic without any ISP.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">Name of the view to create, [C, H/2, W/2] or [C, H, W].</param>
    /// <param name="inputColumnName">Name of the raw column [H, W]. Null for the output's name.</param>
    /// <param name="options">Size, channels and normalisation.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static StageEstimator ProcessRaw(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, RawToRgbOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return catalog.ApplyStage(outputColumnName, inputColumnName, () => new RawToRgb(options));
    }

    /// <summary>Develops raw images with a network, through which a trainer behind it can learn. It has 23 million parameters.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">Name of the view to create, [3, H/2, W/2].</param>
    /// <param name="inputColumnName">Name of the raw column [H, W], both multiples of 16. Null for the output's name.</param>
    /// <param name="options">Depth, normalisation and seed.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static StageEstimator ProcessRaw(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, NeuralIspOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return catalog.ApplyStage(outputColumnName, inputColumnName, () => new NeuralIsp(options));
    }

    /// <summary>Applies a differentiable stage of your own, registered with <see cref="StageRegistry"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">Name of the column to create.</param>
    /// <param name="inputColumnName">Name of the input column. Null for the output's name.</param>
    /// <param name="createStage">Builds the stage with its initial weights; called at every Fit.</param>
    public static StageEstimator ApplyStage(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, Func<DifferentiableStage> createStage) =>
        catalog.ApplyStage(new() { OutputColumnName = outputColumnName, InputColumnName = inputColumnName, CreateStage = createStage });

    /// <summary>Applies a differentiable stage: one of ours, or of your own, registered with <see cref="StageRegistry"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="options">All options.</param>
    /// <exception cref="ArgumentException">A name is empty or an option is missing.</exception>
    public static StageEstimator ApplyStage(this TransformsCatalog catalog, StageEstimator.Options options) => new(MLEnvironment.Of(catalog), options);
}
