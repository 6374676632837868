namespace Lens2Logit.Sensors;

/// <summary>
/// Quantum efficiency η of the three colour channels, colour filter included: electrons per photon that hits the pixel, each
/// in [0, 1].
/// </summary>
/// <param name="Red">η of the red pixels.</param>
/// <param name="Green">η of the green pixels.</param>
/// <param name="Blue">η of the blue pixels.</param>
public readonly record struct QuantumEfficiency(float Red, float Green, float Blue)
{
    /// <summary>The efficiency of a channel: 0 red, 1 green, 2 blue.</summary>
    /// <param name="channel">The channel, 0 to 2.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channel"/> is not 0, 1 or 2.</exception>
    public float this[int channel] => channel switch
    {
        0 => Red,
        1 => Green,
        2 => Blue,
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "The channel must be 0 (red), 1 (green) or 2 (blue)."),
    };

    /// <summary>The same efficiency in all channels, as of a monochrome sensor.</summary>
    /// <param name="value">η, in [0, 1].</param>
    public static QuantumEfficiency Uniform(float value) => new(value, value, value);

    // A method, so that printing the record shows the three numbers only.
    internal float Largest() => Math.Max(Red, Math.Max(Green, Blue));

    // Of a monochrome sensor in white light. Exact for three equal numbers, as a mean of floats is not.
    internal double Mean() => ((double)Red + Green + Blue) / 3;
}
