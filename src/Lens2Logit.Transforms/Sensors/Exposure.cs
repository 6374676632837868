namespace Lens2Logit.Sensors;

/// <summary>
/// What one shot is: how much light falls on the sensor, for how long, and how warm the sensor is. What the sensor makes of it
/// is a <see cref="SensorModel"/>.
/// </summary>
/// <remarks>
/// Light is said in exactly one way: relative to the sensor (<see cref="Illumination"/>, the default) or in photons
/// (<see cref="PhotonsPerPixel"/>). Zero light is a dark frame. Immutable; equality is by value.
/// </remarks>
public sealed record Exposure
{
    /// <summary>
    /// The relative intensities of the raw data sets of Oala et al., <em>Data Models for Dataset Drift Controls in Machine Learning
    /// With Optical Images</em>, TMLR 2023: 0.01, 0.05, 0.1, 0.25, 0.5, 0.75 and 1.
    /// </summary>
    public static IReadOnlyList<float> PaperIntensities { get; } = Array.AsReadOnly([0.01f, 0.05f, 0.1f, 0.25f, 0.5f, 0.75f, 1f]);

    /// <summary>
    /// Relative light, 0 to 1000, default 1: a scene value of 1 fills the most sensitive colour to this fraction of
    /// <see cref="SensorModel.SaturationElectrons"/>; the other colours get their quantum efficiency's share of that. A monochrome
    /// sensor is filled to it by a scene that is 1 in all channels.
    /// Must stay 1 where <see cref="PhotonsPerPixel"/> is set.
    /// </summary>
    public float Illumination { get; init; } = 1;

    /// <summary>
    /// Photons μp that hit a pixel during the exposure where the scene is 1, 0 to 1e9; a colour collects η·μp electrons of them.
    /// Default null: <see cref="Illumination"/> says the light.
    /// </summary>
    public float? PhotonsPerPixel { get; init; }

    /// <summary>
    /// Exposure time t in s, 0 to 86 400, default 0.01. Only dark current depends on it: the light is given for the whole exposure.
    /// </summary>
    public float ExposureTimeSeconds { get; init; } = 0.01f;

    /// <summary>Temperature of the sensor in °C, −100 to 150, default 25.</summary>
    public float TemperatureCelsius { get; init; } = 25;

    /// <summary>
    /// Mean electrons that a colour collects where the scene is 1, without dark current. A monochrome pixel collects the mean of the
    /// three.
    /// </summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="channel">Colour: 0 red, 1 green, 2 blue.</param>
    /// <returns>η·μp in e⁻; may exceed the full well.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sensor"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channel"/> is not 0, 1 or 2.</exception>
    public double ElectronsAtWhite(SensorModel sensor, int channel)
    {
        ArgumentNullException.ThrowIfNull(sensor);
        double efficiency = sensor.QuantumEfficiency[channel];
        var white = sensor.Cfa == CfaPattern.Monochrome ? sensor.QuantumEfficiency.Mean() : sensor.QuantumEfficiency.Largest();
        return PhotonsPerPixel is { } photons
            ? efficiency * photons
            : efficiency / white * Illumination * sensor.SaturationElectrons;
    }

    /// <summary>Mean electrons of dark current in one exposure.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <returns>μI·t in e⁻ at <see cref="TemperatureCelsius"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sensor"/> is null.</exception>
    public double DarkElectrons(SensorModel sensor)
    {
        ArgumentNullException.ThrowIfNull(sensor);
        return sensor.DarkCurrentAt(TemperatureCelsius) * ExposureTimeSeconds;
    }

    /// <summary>Checks every quantity against the range that its documentation states.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A quantity is outside its range; the message names it, its value, its unit and
    /// the range.</exception>
    /// <exception cref="ArgumentException">Light is said both ways.</exception>
    public void Validate()
    {
        QuantityRange.Check(nameof(Illumination), Illumination, 0, 1000, "");
        QuantityRange.Check(nameof(ExposureTimeSeconds), ExposureTimeSeconds, 0, 86_400, "s");
        QuantityRange.Check(nameof(TemperatureCelsius), TemperatureCelsius, -100, 150, "°C");
        if (PhotonsPerPixel is { } photons)
        {
            QuantityRange.Check(nameof(PhotonsPerPixel), photons, 0, 1e9f, "photons");

            // An explicit 1 cannot be told from the default, and dims nothing.
            if (Illumination != 1)
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"Illumination ({Illumination}) and PhotonsPerPixel ({photons}) are both set; say the light in one of the two ways."));
            }
        }
    }
}
