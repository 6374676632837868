namespace Lens2Logit.Sensors;

// Sensors with a data sheet after EMVA 1288.
public static partial class SensorPresets
{
    /// <summary>Sony IMX900-AMR-C at low conversion gain, 0 dB, 2.25 µm, monochrome.</summary>
    /// <remarks>
    /// All noise figures, gain, full well, black level and the efficiency at 536 nm: an EMVA 1288 r3.1 sheet. Assumed: dark
    /// current and temperatures; no colour filters, which is what AMR stands for in Sony's names.
    /// </remarks>
    public static SensorModel Imx900LowGain { get; } = new()
    {
        Name = nameof(Imx900LowGain),
        PixelPitchMicrometers = 2.25f,
        BitDepth = 12,
        QuantumEfficiency = QuantumEfficiency.Uniform(0.9125f),
        FullWellElectrons = 9458,
        SystemGain = 0.399f,
        ReadNoiseElectrons = 5.56f,
        DsnuElectrons = 3.7f,
        PrnuPercent = 0.7f,
        BlackLevelDn = 240,
        Cfa = CfaPattern.Monochrome,
        Source = "EMVA 1288 r3.1 sheet (FRAMOS), transcribed in the source of a photon-transfer program of an AstroTracker "
            + "project on GitHub; efficiency at 536 nm",
        Assumed = [.. Temperatures, nameof(SensorModel.DarkCurrentElectronsPerSecond), nameof(SensorModel.Cfa)],
    };

    /// <summary>Sony IMX900-AMR-C at high conversion gain, 3 dB, 2.25 µm, monochrome.</summary>
    /// <remarks>
    /// As <see cref="Imx900LowGain"/>, and the dark current from the sheet, too. Assumed: temperatures, no colour filters.
    /// </remarks>
    public static SensorModel Imx900HighGain { get; } = new()
    {
        Name = nameof(Imx900HighGain),
        PixelPitchMicrometers = 2.25f,
        BitDepth = 12,
        QuantumEfficiency = QuantumEfficiency.Uniform(0.8847f),
        FullWellElectrons = 2183,
        SystemGain = 1.673f,
        ReadNoiseElectrons = 1.954f,
        DarkCurrentElectronsPerSecond = 1.473f,
        DsnuElectrons = 1.3f,
        PrnuPercent = 0.8f,
        BlackLevelDn = 240,
        Cfa = CfaPattern.Monochrome,
        Source = "EMVA 1288 r3.1 sheet (FRAMOS), transcribed in the source of a photon-transfer program of an AstroTracker "
            + "project on GitHub; efficiency at 536 nm",
        Assumed = [.. Temperatures, nameof(SensorModel.Cfa)],
    };

    /// <summary>Sony IMX492 in the ZWO ASI294MM Pro, 2×2 pixels summed, gain 0, 4.63 µm, 14 bit, monochrome.</summary>
    /// <remarks>
    /// Full well, read noise, efficiency and dark current: manual of the ZWO camera. Gain: derived as 2^14 DN over the
    /// full well. PRNU and DSNU: derived for four summed pixels from the EMVA 1288 values of a LUCID ATX470S (0.62 % and 0.97
    /// e⁻ each; half and twice that). Assumed: black level, temperatures. With a black level the converter saturates 400 e⁻
    /// below the full well.
    /// </remarks>
    public static SensorModel Imx492LowGain { get; } = new()
    {
        Name = nameof(Imx492LowGain),
        PixelPitchMicrometers = 4.63f,
        BitDepth = 14,
        QuantumEfficiency = QuantumEfficiency.Uniform(0.9f),
        FullWellElectrons = 66_400,
        SystemGain = 0.2467f,
        ReadNoiseElectrons = 8,
        DarkCurrentElectronsPerSecond = 0.0022f,
        DsnuElectrons = 1.94f,
        PrnuPercent = 0.31f,
        BlackLevelDn = 100,
        Cfa = CfaPattern.Monochrome,
        Source = "ZWO manual V2.2 of the ASI294MM Pro and EMVA 1288 values of LUCID ATX470S, transcribed with discussion in a "
            + "source file on GitHub; gain, DSNU and PRNU of the summed pixel derived",
        Assumed =
        [
            .. Temperatures, nameof(SensorModel.SystemGain), nameof(SensorModel.DsnuElectrons), nameof(SensorModel.PrnuPercent),
            nameof(SensorModel.BlackLevelDn),
        ],
    };

    /// <summary>Sony ICX625, a CCD, in the Point Grey GS3-PGE-50S5M-C, monochrome.</summary>
    /// <remarks>
    /// Efficiency at 525 nm, read noise and full well: an EMVA 1288 sheet. Assumed: pixel pitch, bit depth, a gain that
    /// lets the full well fill the converter, black level, and the rest.
    /// </remarks>
    public static SensorModel Icx625PointGrey { get; } = new()
    {
        Name = nameof(Icx625PointGrey),
        QuantumEfficiency = QuantumEfficiency.Uniform(0.57f),
        FullWellElectrons = 5903,
        SystemGain = 0.66f,
        ReadNoiseElectrons = 8.28f,
        BlackLevelDn = 100,
        Cfa = CfaPattern.Monochrome,
        Source = "EMVA 1288 sheet, transcribed at mengineer.hatenablog.com, 2016-05-02; efficiency at 525 nm; monochrome by the "
            + "M of the model",
        Assumed =
        [
            .. Temperatures, nameof(SensorModel.PixelPitchMicrometers), nameof(SensorModel.BitDepth), nameof(SensorModel.SystemGain),
            nameof(SensorModel.BlackLevelDn), nameof(SensorModel.DarkCurrentElectronsPerSecond), nameof(SensorModel.DsnuElectrons),
            nameof(SensorModel.PrnuPercent),
        ],
    };

    /// <summary>Sony ICX625, a CCD, in the Basler piA2400-17gm, monochrome.</summary>
    /// <remarks>
    /// Efficiency at 545 nm, read noise and full well: an EMVA 1288 sheet. Assumed: pixel pitch, bit depth, a gain that
    /// lets the full well fill the converter, black level, and the rest.
    /// </remarks>
    public static SensorModel Icx625Basler { get; } = new()
    {
        Name = nameof(Icx625Basler),
        QuantumEfficiency = QuantumEfficiency.Uniform(0.47f),
        FullWellElectrons = 7000,
        SystemGain = 0.56f,
        ReadNoiseElectrons = 13,
        BlackLevelDn = 100,
        Cfa = CfaPattern.Monochrome,
        Source = "EMVA 1288 sheet, transcribed at mengineer.hatenablog.com, 2016-05-02; efficiency at 545 nm; monochrome by the "
            + "m of the model",
        Assumed =
        [
            .. Temperatures, nameof(SensorModel.PixelPitchMicrometers), nameof(SensorModel.BitDepth), nameof(SensorModel.SystemGain),
            nameof(SensorModel.BlackLevelDn), nameof(SensorModel.DarkCurrentElectronsPerSecond), nameof(SensorModel.DsnuElectrons),
            nameof(SensorModel.PrnuPercent),
        ],
    };
}
