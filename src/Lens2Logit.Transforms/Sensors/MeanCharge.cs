namespace Lens2Logit.Sensors;

/// <summary>
/// Mean electrons that an exposure gives a pixel: of the three colours where the scene is 1, and of the dark. Floats, whose rounding no
/// calibration resolves.
/// </summary>
internal readonly record struct MeanCharge(float Red, float Green, float Blue, float Dark)
{
    public static MeanCharge Of(SensorModel sensor, Exposure exposure) => new(
        (float)exposure.ElectronsAtWhite(sensor, 0), (float)exposure.ElectronsAtWhite(sensor, 1), (float)exposure.ElectronsAtWhite(sensor, 2),
        (float)exposure.DarkElectrons(sensor));

    public float AtWhite(int channel) => channel switch { 0 => Red, 1 => Green, _ => Blue };
}
