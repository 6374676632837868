using Lens2Logit.Isp;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Optics;

namespace Lens2Logit.MLNet.Drift.Synthesis;

/// <summary>A drift of the measurement: another light, sensor, lens or noise before the same pipeline.</summary>
/// <param name="Name">Name in tables and result files, by which results are told apart: another drift needs another name.</param>
/// <param name="Apply">The condition after the drift.</param>
public sealed record MeasurementDrift(string Name, Func<DriftCondition, DriftCondition> Apply)
{
    /// <summary>
    /// The relative intensities of the paper's data; three sensors of other makers, each with camera parameters of its own; a blur of half a pixel
    /// and of one; diffraction at f/16; and three and ten times the read noise.
    /// </summary>
    public static IReadOnlyList<MeasurementDrift> Defaults { get; } =
    [
        .. Exposure.PaperIntensities.Where(light => light < 1).OrderDescending().Select(Light),
        .. new[] { SensorPresets.Imx183, SensorPresets.Imx477, SensorPresets.Imx900LowGain }.Select(OtherSensor),
        .. new[] { 0.5, 1 }.Select(Blur),
        Diffraction(16),
        .. new[] { 3f, 10f }.Select(ReadNoise),
    ];

    /// <summary>Less or more light on the sensor.</summary>
    /// <param name="illumination">Relative light, see <see cref="Exposure.Illumination"/>.</param>
    public static MeasurementDrift Light(float illumination) => new(FormattableString.Invariant($"light {illumination}"),
        condition => Change(condition, a => a with { Exposure = a.Exposure with { Illumination = illumination } }));

    /// <summary>Another sensor, with black level and white balance of its own; the colour matrix stays. Where a preset is monochrome, one with the colour filter of the condition is assumed.</summary>
    /// <param name="sensor">The sensor.</param>
    public static MeasurementDrift OtherSensor(SensorModel sensor) => new($"sensor {sensor.Name}", condition => Change(condition, a => a with { Sensor = sensor with { Cfa = condition.Camera.Cfa } }) with
    {
        Camera = condition.Camera with
        {
            Name = sensor.Name,
            BlackLevel = [.. Enumerable.Repeat(sensor.BlackLevelDn / (double)sensor.MaximumDn, 4)],
            WhiteBalance = [.. Enumerable.Range(0, 3).Select(channel => (double)sensor.QuantumEfficiency.Largest() / sensor.QuantumEfficiency[channel])],
        },
    });

    /// <summary>A Gaussian point spread function.</summary>
    /// <param name="sigmaPixels">Standard deviation in pixels.</param>
    public static MeasurementDrift Blur(double sigmaPixels) => new(FormattableString.Invariant($"blur σ {sigmaPixels} px"), condition => Change(condition,
        a => a with { Lens = (a.Lens ?? Perfect(a)) with { GaussianSigmaMicrometers = sigmaPixels * a.Sensor.PixelPitchMicrometers } }));

    /// <summary>Diffraction at a round aperture.</summary>
    /// <param name="fNumber">f-number.</param>
    public static MeasurementDrift Diffraction(double fNumber) => new(FormattableString.Invariant($"diffraction f/{fNumber}"),
        condition => Change(condition, a => a with { Lens = (a.Lens ?? Perfect(a)) with { FNumber = fNumber } }));

    /// <summary>More read noise.</summary>
    /// <param name="factor">Factor on σ0.</param>
    public static MeasurementDrift ReadNoise(float factor) => new(FormattableString.Invariant($"read noise ×{factor}"),
        condition => Change(condition, a => a with { Sensor = a.Sensor with { ReadNoiseElectrons = factor * a.Sensor.ReadNoiseElectrons } }));

    private static LensOptions Perfect(Acquisition acquisition) => new() { PixelPitchMicrometers = acquisition.Sensor.PixelPitchMicrometers };

    private static DriftCondition Change(DriftCondition condition, Func<Acquisition, Acquisition> change) => condition with
    {
        Acquisition = change(condition.Acquisition ?? throw new ArgumentException($"Condition '{condition.Name}' has no acquisition that could drift: the data are raw images.")),
    };
}
