using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Optics;

namespace Lens2Logit.MLNet.Drift;

/// <summary>How a scene is photographed: through which lens, in what light, with which sensor.</summary>
public sealed record Acquisition
{
    /// <summary>The sensor. Default <see cref="SensorPresets.RawDrone"/>.</summary>
    public SensorModel Sensor { get; init; } = SensorPresets.RawDrone;

    /// <summary>Light, time and temperature. Default full illumination.</summary>
    public Exposure Exposure { get; init; } = new();

    /// <summary>The lens; null (default) for a perfect one.</summary>
    public LensOptions? Lens { get; init; }

    /// <exception cref="ArgumentException">A quantity is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Sensor);
        ArgumentNullException.ThrowIfNull(Exposure);
        Sensor.Validate();
        Exposure.Validate();
        Lens?.Validate();
    }
}
