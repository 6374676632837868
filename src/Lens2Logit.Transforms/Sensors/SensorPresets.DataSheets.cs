namespace Lens2Logit.Sensors;

// Sensors of which a manual gives some figures.
public static partial class SensorPresets
{
    /// <summary>Sony Pregius sensors with 3.45 µm pixels in the Moravian C1 cameras, 12 bit at 0 dB.</summary>
    /// <remarks>
    /// Read noise, full well and gain (1 DN per 2.8 e⁻): the camera's manual. Assumed: black level, no colour filters, and the
    /// rest.
    /// </remarks>
    public static SensorModel Pregius345 { get; } = new()
    {
        Name = nameof(Pregius345),
        PixelPitchMicrometers = 3.45f,
        BitDepth = 12,
        QuantumEfficiency = QuantumEfficiency.Uniform(0.6f),
        FullWellElectrons = 11_000,
        SystemGain = 0.3571f,
        ReadNoiseElectrons = 2.2f,
        BlackLevelDn = 100,
        Cfa = CfaPattern.Monochrome,
        Source = "maker-measured values, Moravian Instruments C1 user manual, page 15 (manualshive.com)",
        Assumed = [.. NotOnTheSheet, nameof(SensorModel.BlackLevelDn), nameof(SensorModel.Cfa)],
    };

    /// <summary>Sony Pregius sensors with 4.50 µm pixels in the Moravian C1 cameras, 12 bit at 0 dB.</summary>
    /// <remarks>
    /// Read noise, full well and gain (1 DN per 6.3 e⁻): the camera's manual. Assumed: black level, no colour filters, and the
    /// rest. The converter saturates 800 e⁻ below the full well.
    /// </remarks>
    public static SensorModel Pregius450 { get; } = new()
    {
        Name = nameof(Pregius450),
        PixelPitchMicrometers = 4.5f,
        BitDepth = 12,
        QuantumEfficiency = QuantumEfficiency.Uniform(0.6f),
        FullWellElectrons = 26_000,
        SystemGain = 0.1587f,
        ReadNoiseElectrons = 5.3f,
        BlackLevelDn = 100,
        Cfa = CfaPattern.Monochrome,
        Source = "maker-measured values, Moravian Instruments C1 user manual, page 15 (manualshive.com)",
        Assumed = [.. NotOnTheSheet, nameof(SensorModel.BlackLevelDn), nameof(SensorModel.Cfa)],
    };

    /// <summary>Sony IMX249 in the mvBlueFOX3-2024a, 5.86 µm, 12 bit.</summary>
    /// <remarks>
    /// Pixel pitch: the data sheet. Full well and read noise: derived from its SNR and dynamic range. Assumed: a gain that
    /// lets the full well fill the converter, black level, no colour filters, and the rest.
    /// </remarks>
    public static SensorModel Imx249 { get; } = new()
    {
        Name = nameof(Imx249),
        PixelPitchMicrometers = 5.86f,
        BitDepth = 12,
        QuantumEfficiency = QuantumEfficiency.Uniform(0.6f),
        FullWellElectrons = 32_359,
        SystemGain = 0.123f,
        ReadNoiseElectrons = 7.24f,
        BlackLevelDn = 100,
        Cfa = CfaPattern.Monochrome,
        Source = "data-sheet SNR of 45.1 dB and dynamic range of 73.0 dB, mvBlueFOX3 manual (easymanua.ls, page 365); full well "
            + "= 10^(SNR/10), read noise = full well/10^(DNR/20)",
        Assumed =
        [
            .. NotOnTheSheet, nameof(SensorModel.SystemGain), nameof(SensorModel.FullWellElectrons),
            nameof(SensorModel.ReadNoiseElectrons), nameof(SensorModel.BlackLevelDn), nameof(SensorModel.Cfa),
        ],
    };

    /// <summary>Sony IMX255 in an mvBlueFOX3, 3.45 µm, 12 bit.</summary>
    /// <remarks>
    /// Pixel pitch: the data sheet. Full well and read noise: derived from its SNR and dynamic range. Assumed: a gain that
    /// lets the full well fill the converter, black level, no colour filters, and the rest.
    /// </remarks>
    public static SensorModel Imx255 { get; } = new()
    {
        Name = nameof(Imx255),
        PixelPitchMicrometers = 3.45f,
        BitDepth = 12,
        QuantumEfficiency = QuantumEfficiency.Uniform(0.6f),
        FullWellElectrons = 10_715,
        SystemGain = 0.37f,
        ReadNoiseElectrons = 2.92f,
        BlackLevelDn = 100,
        Cfa = CfaPattern.Monochrome,
        Source = "data-sheet SNR of 40.3 dB and dynamic range of 71.3 dB, mvBlueFOX3 manual (easymanua.ls, page 861); full well "
            + "= 10^(SNR/10), read noise = full well/10^(DNR/20)",
        Assumed =
        [
            .. NotOnTheSheet, nameof(SensorModel.SystemGain), nameof(SensorModel.FullWellElectrons),
            nameof(SensorModel.ReadNoiseElectrons), nameof(SensorModel.BlackLevelDn), nameof(SensorModel.Cfa),
        ],
    };
}
