namespace Lens2Logit.Sensors;

/// <summary>
/// Real sensors. Each says in <see cref="SensorModel.Source"/> where its numbers come from and in
/// <see cref="SensorModel.Assumed"/> which of them are only plausible.
/// </summary>
/// <remarks>
/// Assumed values are those of a new <see cref="SensorModel"/> unless stated: published sheets of such sensors give a DSNU of
/// 0.6 to 3.7 e⁻ and a PRNU of 0.4 to 0.8 %. Values that were derived from others count as assumed, too. Where a sheet gives the
/// quantum efficiency at one wavelength, a monochrome preset has it in all channels. No sheet splits its nonuniformities into rows
/// and columns or counts hot and dead pixels: those are absent. Read noise from a sheet is its temporal dark noise σd, which at the
/// short exposures of a sheet is σ0.
/// </remarks>
public static partial class SensorPresets
{
    // Inverse of the white balance of the camera of Raw-Drone (2.86653646, 1, 1.73079425), at an assumed 0.6 for green: a grey
    // scene develops grey. The sheets of these sensors give no efficiency per colour.
    private static readonly QuantumEfficiency DroneEfficiency = new(0.6f / 2.86653646f, 0.6f, 0.6f / 1.73079425f);

    // A property, so that it does not matter which of this class's files is initialised first.
    private static string[] NotOnTheSheet =>
    [
        nameof(SensorModel.QuantumEfficiency),
        nameof(SensorModel.DarkCurrentElectronsPerSecond),
        nameof(SensorModel.DarkCurrentDoublingKelvin),
        nameof(SensorModel.ReferenceTemperatureCelsius),
        nameof(SensorModel.DsnuElectrons),
        nameof(SensorModel.PrnuPercent),
    ];

    private static string[] Temperatures => [nameof(SensorModel.DarkCurrentDoublingKelvin), nameof(SensorModel.ReferenceTemperatureCelsius)];

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
        Iso = 200,
        Cfa = CfaPattern.Rggb,
        Source = "gain (8.448 DN/e- at 16 bit), black level and colour filter: Raw-Drone data set of Oala et al., TMLR 2023, "
            + "doi 10.5281/zenodo.5235536; full well and read noise: bare IMX183 (see Imx183), read noise derived from dynamic range",
        Assumed = [.. NotOnTheSheet, nameof(SensorModel.ReadNoiseElectrons), nameof(SensorModel.BitDepth)],
    };

    /// <summary>
    /// The camera of the Raw-Microscopy data set: pco.edge 5.5, a monochrome sCMOS camera with 6.5 µm pixels at 16 bit, which took red,
    /// green and blue one after the other through filters at 620, 525 and 450 nm. The data set arranges them as an RGGB mosaic, and
    /// so does this.
    /// </summary>
    /// <remarks>
    /// Camera, bit depth, mosaic and black level: Oala et al., TMLR 2023, and its data set. Gain (0.46 e⁻/DN) and pixel pitch: open
    /// source code that models this camera (pycis); full well, read noise and dark current: another (dnf2snr), which quotes the maker's
    /// data sheet; none was seen at its origin, so all five are listed as assumed with the rest. The black level of the data set is
    /// less than one DN, so noise in the dark is clipped at 0: that is how the data are, but nothing can be measured from such darks.
    /// </remarks>
    public static SensorModel RawMicroscopy { get; } = new()
    {
        Name = nameof(RawMicroscopy),
        PixelPitchMicrometers = 6.5f,
        BitDepth = 16,
        FullWellElectrons = 30_000,
        SystemGain = 1 / 0.46f,
        ReadNoiseElectrons = 2.5f,
        DarkCurrentElectronsPerSecond = 0.9f,
        BlackLevelDn = 9.834368023181512e-06f * 65535,
        Cfa = CfaPattern.Rggb,
        Source = "camera (PCO edge 5.5, 16 bit) and black level: Raw-Microscopy data set of Oala et al., TMLR 2023, doi 10.5281/zenodo.5235536; "
            + "0.46 e-/DN and 6.5 um: example of the pycis package for the pco.edge 5.5; full well 30000 e-, read noise 2.5 e- and dark "
            + "current 0.9 e-/s: defaults of a public function dnf2snr, which names pco.edge_55_data_sheet.pdf",
        Assumed =
        [
            .. NotOnTheSheet, nameof(SensorModel.PixelPitchMicrometers), nameof(SensorModel.FullWellElectrons),
            nameof(SensorModel.SystemGain), nameof(SensorModel.ReadNoiseElectrons),
        ],
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
    /// exposures. Assumed: pixel pitch, black level, temperatures, and that there are no colour filters.
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
        Cfa = CfaPattern.Monochrome,
        Source = "example results of github.com/EMVA1288/emva1288, doc/datasets/datasets_results.rst at 2ed0b403e299",
        Assumed =
        [
            nameof(SensorModel.PixelPitchMicrometers), nameof(SensorModel.BlackLevelDn), nameof(SensorModel.Cfa),
            nameof(SensorModel.DarkCurrentDoublingKelvin), nameof(SensorModel.ReferenceTemperatureCelsius),
        ],
    };

    /// <summary>All presets.</summary>
    public static IReadOnlyList<SensorModel> All => AllPresets.Value;

    // Lazy, because presets in other files of this class are initialised in no defined order.
    private static Lazy<IReadOnlyList<SensorModel>> AllPresets { get; } = new(List);

    /// <summary>The preset of a name.</summary>
    /// <param name="name">A <see cref="SensorModel.Name"/> of <see cref="All"/>; case does not matter.</param>
    /// <exception cref="ArgumentException">There is no such preset; the message lists those that there are.</exception>
    public static SensorModel Get(string name)
    {
        var valid = string.Join(", ", All.Select(sensor => sensor.Name));
        return All.FirstOrDefault(sensor => string.Equals(sensor.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no sensor preset '{name}'; valid names are {valid}.", nameof(name));
    }

    private static IReadOnlyList<SensorModel> List() => Array.AsReadOnly(
    [
        RawDrone, Imx183, Imx477, Emva1288Example, RawMicroscopy, Imx900LowGain, Imx900HighGain, Imx492LowGain,
        Icx625PointGrey, Icx625Basler, Pregius345, Pregius450, Imx249, Imx255,
    ]);
}
