namespace Lens2Logit.Sensors;

/// <summary>
/// Real sensors. Each says in <see cref="SensorModel.Source"/> where its numbers come from and in
/// <see cref="SensorModel.Assumed"/> which of them are only plausible.
/// </summary>
/// <remarks>
/// Assumed values are those of a new <see cref="SensorModel"/> unless stated: published sheets of such sensors give a DSNU of
/// 0.6 to 3.7 e⁻ and a PRNU of 0.4 to 0.8 %.
/// </remarks>
public static class SensorPresets
{
    // Inverse of the white balance of the camera of Raw-Drone (2.86653646, 1, 1.73079425), at an assumed 0.6 for green: a grey
    // scene develops grey. The sheets of these sensors give no efficiency per colour.
    private static readonly QuantumEfficiency DroneEfficiency = new(0.6f / 2.86653646f, 0.6f, 0.6f / 1.73079425f);

    private static readonly string[] NotOnTheSheet =
    [
        nameof(SensorModel.QuantumEfficiency),
        nameof(SensorModel.DarkCurrentElectronsPerSecond),
        nameof(SensorModel.DarkCurrentDoublingKelvin),
        nameof(SensorModel.ReferenceTemperatureCelsius),
        nameof(SensorModel.DsnuElectrons),
        nameof(SensorModel.PrnuPercent),
    ];

    /// <summary>
    /// The camera of the Raw-Drone data set as it was flown: Sony IMX183 with 2.4 µm pixels at ISO 200, RGGB. Saturation is set by
    /// the converter, at about 7270 e⁻; a relative illumination of 0.01 is 73 e⁻.
    /// </summary>
    /// <remarks>
    /// Gain 8.448 DN/e⁻ at 16 bit (here at 12 bit), black level, white balance and colour filter: Oala et al., TMLR 2023, and its
    /// data set. Full well and read noise: of the bare sensor, see <see cref="Imx183"/>; the read noise is derived. Assumed: the rest.
    /// </remarks>
    public static SensorModel RawDrone { get; } = new()
    {
        Name = nameof(RawDrone),
        PixelPitchMicrometers = 2.4f,
        BitDepth = 12,
        QuantumEfficiency = DroneEfficiency,
        FullWellElectrons = 14_837,
        SystemGain = 8.448f * 4095 / 65535,
        ReadNoiseElectrons = 3.3f,
        BlackLevelDn = 0.0625f * 4095,
        Cfa = CfaPattern.Rggb,
        Source = "gain (8.448 DN/e- at 16 bit), black level and colour filter: Raw-Drone data set of Oala et al., TMLR 2023, "
            + "doi 10.5281/zenodo.5235536; full well and read noise: bare IMX183 (see Imx183), read noise derived from dynamic range",
        Assumed = [.. NotOnTheSheet, nameof(SensorModel.ReadNoiseElectrons), nameof(SensorModel.BitDepth)],
    };

    /// <summary>
    /// Sony IMX183 in an industrial camera (FLIR BFS-U3-200S6M), 2.4 µm: the bare sensor, with its whole full well of 14 837 e⁻.
    /// </summary>
    /// <remarks>
    /// Gain and full well: EMVA 1288 values of the maker. Read noise: derived from the dynamic range of 11.93 bit as
    /// full well/2^11.93 − 0.5 e⁻. Assumed: the rest; the camera is monochrome, so the colour filter and its efficiencies are too.
    /// </remarks>
    public static SensorModel Imx183 { get; } = new()
    {
        Name = nameof(Imx183),
        PixelPitchMicrometers = 2.4f,
        BitDepth = 12,
        QuantumEfficiency = DroneEfficiency,
        FullWellElectrons = 14_837,
        SystemGain = 0.24f,
        ReadNoiseElectrons = 3.3f,
        Source = "EMVA 1288 values of FLIR BFS-U3-200S6M as quoted on Photography StackExchange (CC BY-SA 4.0); "
            + "read noise derived from the dynamic range of 11.93 bit",
        Assumed = [.. NotOnTheSheet, nameof(SensorModel.ReadNoiseElectrons), nameof(SensorModel.BlackLevelDn), nameof(SensorModel.Cfa)],
    };

    /// <summary>Sony IMX477 in the Raspberry Pi HQ camera at analogue gain 1, 1.55 µm.</summary>
    /// <remarks>
    /// Gain, full well, read noise and black level: an independent photon-transfer measurement (strollswithmydog.com). Assumed: the rest.
    /// </remarks>
    public static SensorModel Imx477 { get; } = new()
    {
        Name = nameof(Imx477),
        PixelPitchMicrometers = 1.55f,
        BitDepth = 12,
        FullWellElectrons = 8180,
        SystemGain = 0.47f,
        ReadNoiseElectrons = 3,
        BlackLevelDn = 256.3f,
        Source = "photon-transfer measurement \"Pi HQ Cam Sensor Performance\", strollswithmydog.com",
        Assumed = [.. NotOnTheSheet, nameof(SensorModel.Cfa)],
    };

    /// <summary>The example camera of the reference code of EMVA 1288: an unnamed monochrome 12-bit camera, fully characterised.</summary>
    /// <remarks>
    /// All noise figures: its published results. The read noise is the sheet's σd, which includes the little dark current of short
    /// exposures. Assumed: pixel pitch, black level, temperatures, and a colour filter that takes no light.
    /// </remarks>
    public static SensorModel Emva1288Example { get; } = new()
    {
        Name = nameof(Emva1288Example),
        BitDepth = 12,
        QuantumEfficiency = QuantumEfficiency.Uniform(0.451356f),
        FullWellElectrons = 13_972.6f,
        SystemGain = 0.280769f,
        ReadNoiseElectrons = 10.898f,
        DarkCurrentElectronsPerSecond = 28.407f,
        DsnuElectrons = 0.55179f,
        PrnuPercent = 0.4327f,
        BlackLevelDn = 100,
        Source = "example results of github.com/EMVA1288/emva1288, doc/datasets/datasets_results.rst at 2ed0b403e299",
        Assumed =
        [
            nameof(SensorModel.PixelPitchMicrometers), nameof(SensorModel.BlackLevelDn), nameof(SensorModel.Cfa),
            nameof(SensorModel.DarkCurrentDoublingKelvin), nameof(SensorModel.ReferenceTemperatureCelsius),
        ],
    };

    /// <summary>All presets.</summary>
    public static IReadOnlyList<SensorModel> All { get; } = Array.AsReadOnly([RawDrone, Imx183, Imx477, Emva1288Example]);

    /// <summary>The preset of a name.</summary>
    /// <param name="name">A <see cref="SensorModel.Name"/> of <see cref="All"/>; case does not matter.</param>
    /// <exception cref="ArgumentException">There is no such preset; the message lists those that there are.</exception>
    public static SensorModel Get(string name)
    {
        var valid = string.Join(", ", All.Select(sensor => sensor.Name));
        return All.FirstOrDefault(sensor => string.Equals(sensor.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no sensor preset '{name}'; valid names are {valid}.", nameof(name));
    }
}
