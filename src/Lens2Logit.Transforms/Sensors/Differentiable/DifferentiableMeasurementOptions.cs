using System.Text.Json;
using Lens2Logit.Stages;

namespace Lens2Logit.Sensors.Differentiable;

/// <summary>Options of a <see cref="DifferentiableMeasurement"/>: sensor and exposure as they are before anything is learnt.</summary>
public sealed record DifferentiableMeasurementOptions
{
    /// <summary>The sensor. Its gain, read noise and black level are initial values. Default <see cref="SensorPresets.RawDrone"/>.</summary>
    public SensorModel Sensor { get; init; } = SensorPresets.RawDrone;

    /// <summary>Light, time and temperature. The light is an initial value. Default: full illumination.</summary>
    public Exposure Exposure { get; init; } = new();

    /// <summary>
    /// Any integer, default 0: tells series of noise apart, such as those of two trainings. With the sensor's
    /// <see cref="SensorModel.CameraSeed"/> and a row's key it decides that row's noise.
    /// </summary>
    public int FrameSeed { get; init; }

    /// <summary>What happens at the full well and at the ends of the converter's range. Default straight-through.</summary>
    public Clipping Clipping { get; init; } = Clipping.StraightThrough;

    /// <summary>
    /// How far <see cref="Clipping.Soft"/> reaches, as a share of the full well and of the converter's range, 1e-6 to 0.1. Default 0.005;
    /// no effect on other kinds of clipping.
    /// </summary>
    public float SoftClippingWidth { get; init; } = 0.005f;

    /// <summary>Reads options from JSON.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    /// <exception cref="InvalidDataException">The text is not valid; the message says where.</exception>
    public static DifferentiableMeasurementOptions FromJson(string json) => StageJson.Read<DifferentiableMeasurementOptions>(json);

    /// <summary>The options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StageJson.Format);

    /// <exception cref="ArgumentException">A quantity is out of range; the message names it, its value, its unit and the range.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Sensor);
        ArgumentNullException.ThrowIfNull(Exposure);
        Sensor.Validate();
        Exposure.Validate();
        QuantityRange.Check(nameof(SoftClippingWidth), SoftClippingWidth, 1e-6f, 0.1f, "");
        if (!Enum.IsDefined(Clipping))
        {
            throw new ArgumentOutOfRangeException(nameof(Clipping), Clipping, $"Clipping is {Clipping}; it must be one of {string.Join(", ", Enum.GetNames<Clipping>())}.");
        }
    }
}
