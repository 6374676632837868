using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Sensors.Differentiable;
using Lens2Logit.Sensors.Optics;

namespace Microsoft.ML;

public static partial class Lens2LogitTransformsCatalog
{
    /// <summary>Images scenes with a lens, through which a trainer behind it can learn.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">Name of the image column to create, linear RGB [3, H, W]: the light on the sensor.</param>
    /// <param name="inputColumnName">Name of the scene, linear RGB [3, H, W]. Null for the output's name.</param>
    /// <param name="options">Point spread, vignetting and chromatic shift.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static StageEstimator SimulateLens(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, LensOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return catalog.ApplyStage(outputColumnName, inputColumnName, () => new Lens(options));
    }

    /// <summary>
    /// Photographs scenes with a simulated sensor through which a trainer behind it can learn exposure, gain and more. The noise is normal
    /// instead of exact, new in every epoch of a training, and a function of the row's id otherwise.
    /// </summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">Name of the raw column to create, [H, W] in [0, 1].</param>
    /// <param name="inputColumnName">
    /// Name of the scene, linear RGB [3, H, W], or [1, H, W] for a monochrome sensor. Null for the output's name.
    /// </param>
    /// <param name="options">Sensor, exposure, seed and clipping.</param>
    /// <exception cref="ArgumentException">A physical quantity is out of range; the message names it.</exception>
    public static StageEstimator SimulateMeasurement(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, DifferentiableMeasurementOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new(
            MLEnvironment.Of(catalog),
            new() { OutputColumnName = outputColumnName, InputColumnName = inputColumnName, CreateStage = () => new DifferentiableMeasurement(options) },
            RawAnnotations.Promised);
    }
}
