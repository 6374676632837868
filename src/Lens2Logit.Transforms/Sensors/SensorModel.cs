namespace Lens2Logit.Sensors;

/// <summary>
/// What a sensor is, in the linear camera model of EMVA 1288 release 4.0: how it turns photons into electrons and electrons
/// into digital numbers (DN). What a particular shot is (light, time, temperature) is an <see cref="Exposure"/>.
/// </summary>
/// <remarks>
/// <para>
/// The model, per pixel: charge = min(Poisson(η·μp·(1 + PRNU map) + μI·t), full well); then + DSNU map + row noise + N(0, σ0²);
/// then ·K + black level, rounded and clipped to [0, 2^bits − 1]. Its moments are the standard's (chapter 2), away from both clips:
/// μy = K(η·μp + μd) + black level and σy² = K²(σ0² + σrow² + μd + η·μp) + 1/12.
/// </para>
/// <para>
/// The standard's temporal dark noise σd includes the shot noise of the dark current: σd² = σ0² + σrow² + μI·t. This type holds σ0.
/// </para>
/// <para>
/// Nonuniformities (chapter 4) are total standard deviations, of which a part may belong to whole rows and to whole columns:
/// s² = s²row + s²col + s²pixel. What rows and columns leave is the pixels'.
/// </para>
/// <para>
/// All of the noise is referred to the input, in e⁻. The defaults are plausible figures of a 12-bit colour CMOS sensor, not of any
/// real one: see <see cref="SensorPresets"/>.
/// Immutable; equality is by value.
/// </para>
/// </remarks>
public sealed record SensorModel
{
    private readonly FieldNames _assumed = FieldNames.None;

    /// <summary>Name for reports and for <see cref="SensorPresets.Get"/>. Default "Custom".</summary>
    public string Name { get; init; } = "Custom";

    /// <summary>Distance of neighbouring pixels in µm, 0.1 to 100. Default 3.45. The noise does not depend on it; a lens does.</summary>
    public float PixelPitchMicrometers { get; init; } = 3.45f;

    /// <summary>Bits of a digital number, 8 to 16. Default 12.</summary>
    public int BitDepth { get; init; } = 12;

    /// <summary>Quantum efficiency η per colour, each 0 to 1 and one of them above 0. Default 0.45, 0.6, 0.5.</summary>
    public QuantumEfficiency QuantumEfficiency { get; init; } = new(0.45f, 0.6f, 0.5f);

    /// <summary>
    /// Charge that the pixel holds, in e⁻, 1 to 1e7. Default 10 000. The standard's saturation capacity μe.sat is the smaller
    /// of this and what the converter can represent: <see cref="SaturationElectrons"/>.
    /// </summary>
    public float FullWellElectrons { get; init; } = 10_000;

    /// <summary>System gain K in DN/e⁻ at <see cref="BitDepth"/>, 0.0001 to 10 000. Default 0.375.</summary>
    public float SystemGain { get; init; } = 0.375f;

    /// <summary>Read noise σ0 in e⁻ (standard deviation), without dark current's shot noise, 0 to 10 000. Default 3.</summary>
    public float ReadNoiseElectrons { get; init; } = 3;

    /// <summary>
    /// Temporal noise σrow in e⁻ that a whole row shares, drawn anew for each row of each image, 0 to 10 000. Default 0: absent.
    /// </summary>
    public float RowNoiseElectrons { get; init; }

    /// <summary>Dark current μI in e⁻/s at <see cref="ReferenceTemperatureCelsius"/>, 0 to 1e6. Default 1.</summary>
    public float DarkCurrentElectronsPerSecond { get; init; } = 1;

    /// <summary>Temperature step Td that doubles the dark current, in K, 1 to 100. Default 7.</summary>
    public float DarkCurrentDoublingKelvin { get; init; } = 7;

    /// <summary>Temperature at which the dark current was measured, in °C, −100 to 150. Default 25.</summary>
    public float ReferenceTemperatureCelsius { get; init; } = 25;

    /// <summary>
    /// Dark signal nonuniformity DSNU in e⁻: standard deviation over the pixels of the fixed offset, 0 to 10 000. Default 1. Includes
    /// the parts of rows and columns, but not the dark current of hot pixels.
    /// </summary>
    public float DsnuElectrons { get; init; } = 1;

    /// <summary>Part of the DSNU that whole rows share (DSNU.row), in e⁻, 0 to <see cref="DsnuElectrons"/>. Default 0: absent.</summary>
    public float DsnuRowElectrons { get; init; }

    /// <summary>Part of the DSNU that whole columns share (DSNU.col), in e⁻, 0 to <see cref="DsnuElectrons"/>. Default 0: absent.</summary>
    public float DsnuColumnElectrons { get; init; }

    /// <summary>
    /// Photo response nonuniformity PRNU in %: standard deviation over the pixels of the fixed relative gain, 0 to 100. Default 0.5.
    /// Includes the parts of rows and columns. A pixel whose factor 1 + PRNU map would be negative is blind (factor 0).
    /// </summary>
    public float PrnuPercent { get; init; } = 0.5f;

    /// <summary>Part of the PRNU that whole rows share (PRNU.row), in %, 0 to <see cref="PrnuPercent"/>. Default 0: absent.</summary>
    public float PrnuRowPercent { get; init; }

    /// <summary>Part of the PRNU that whole columns share (PRNU.col), in %, 0 to <see cref="PrnuPercent"/>. Default 0: absent.</summary>
    public float PrnuColumnPercent { get; init; }

    /// <summary>
    /// Share of hot pixels, 0 to 1: a pixel is hot with this probability, and its dark current is <see cref="HotPixelFactor"/> times
    /// the others'. Default 0: none.
    /// </summary>
    public float HotPixelShare { get; init; }

    /// <summary>How many times the dark current of the others a hot pixel has, 1 to 1e6. Default 100.</summary>
    public float HotPixelFactor { get; init; } = 100;

    /// <summary>
    /// Share of dead pixels, 0 to 1: a pixel is dead with this probability. It collects neither light nor dark current, and delivers
    /// its offset and noise alone. Hot and dead together are at most 1; no pixel is both. Default 0: none.
    /// </summary>
    public float DeadPixelShare { get; init; }

    /// <summary>Digital number of no charge, in DN: 0 to <see cref="MaximumDn"/> − 1. Default 240.</summary>
    public float BlackLevelDn { get; init; } = 240;

    /// <summary>
    /// ISO setting at which <see cref="SystemGain"/> holds, 1 to 1e7, for <see cref="WithIso"/>. Default null: not known, or the camera
    /// has none.
    /// </summary>
    public float? Iso { get; init; }

    /// <summary>The colour filter array. Default <see cref="CfaPattern.Rggb"/>.</summary>
    public CfaPattern Cfa { get; init; } = CfaPattern.Rggb;

    /// <summary>
    /// Identity of the individual camera, any integer, default 0: the DSNU and PRNU maps and the hot and dead pixels follow from it
    /// and are the same in every image it takes. Two seeds are two cameras of one type.
    /// </summary>
    public int CameraSeed { get; init; }

    /// <summary>Where the numbers come from. Default empty: not stated.</summary>
    public string Source { get; init; } = "";

    /// <summary>Names of the properties that are assumptions instead of measured values. Default empty. Compares by content.</summary>
    public IReadOnlyList<string> Assumed
    {
        get => _assumed;
        init => _assumed = new FieldNames(value ?? throw new ArgumentNullException(nameof(value)));
    }

    /// <summary>Largest digital number, 2^<see cref="BitDepth"/> − 1, in DN.</summary>
    public int MaximumDn => (1 << BitDepth) - 1;

    /// <summary>
    /// Charge in e⁻ above which the output stays constant (μe.sat): the full well, or the charge that takes the converter from
    /// the black level to its largest number, whichever is less.
    /// </summary>
    public float SaturationElectrons => Math.Min(FullWellElectrons, (MaximumDn - BlackLevelDn) / SystemGain);

    // Internal, so that neither printing nor saving shows them. With no parts of rows and columns this is the total, exactly.
    internal double DsnuPixelElectrons => PixelPart(DsnuElectrons, DsnuRowElectrons, DsnuColumnElectrons);

    internal double PrnuPixelPercent => PixelPart(PrnuPercent, PrnuRowPercent, PrnuColumnPercent);

    /// <summary>Dark current at a temperature, in e⁻/s: μI(T) = μI·2^((T − Tref)/Td).</summary>
    /// <param name="temperatureCelsius">Temperature T of the sensor in °C.</param>
    public double DarkCurrentAt(float temperatureCelsius) =>
        DarkCurrentElectronsPerSecond * Math.Pow(2, (temperatureCelsius - ReferenceTemperatureCelsius) / (double)DarkCurrentDoublingKelvin);

    /// <summary>
    /// The same sensor with analogue gain added: <see cref="SystemGain"/> K·10^(gain/20), and <see cref="Iso"/> likewise where it is
    /// known.
    /// </summary>
    /// <remarks>
    /// Noise, nonuniformities and full well are given in e⁻ at the pixel and stay as they are; the converter saturates earlier
    /// (<see cref="SaturationElectrons"/>). Real sensors have a little less read noise at more gain, so read noise and DSNU of the
    /// result are listed in <see cref="Assumed"/>.
    /// </remarks>
    /// <param name="gainDecibels">Gain added to that of this sensor in dB, −60 to 120; 20 dB is a factor of 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">The gain is outside its range.</exception>
    public SensorModel WithGainDecibels(float gainDecibels)
    {
        QuantityRange.Check(nameof(gainDecibels), gainDecibels, -60, 120, "dB");
        return WithGainFactor(Math.Pow(10, gainDecibels / 20.0));
    }

    /// <summary>The same sensor at another ISO setting: gain in proportion, as with <see cref="WithGainDecibels"/>.</summary>
    /// <param name="iso">The ISO setting, 1 to 1e7.</param>
    /// <exception cref="ArgumentOutOfRangeException">The setting is outside its range.</exception>
    /// <exception cref="InvalidOperationException"><see cref="Iso"/> is null: nothing is known to scale from.</exception>
    public SensorModel WithIso(float iso)
    {
        QuantityRange.Check(nameof(iso), iso, 1, 1e7f, "");
        return WithGainFactor(iso / (double)(Iso
            ?? throw new InvalidOperationException($"The ISO setting of sensor '{Name}' is not known; use {nameof(WithGainDecibels)}.")));
    }

    /// <summary>Checks every quantity against the range that its documentation states.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A quantity is outside its range; the message names it, its value, its unit and the
    /// range, and <see cref="ArgumentException.ParamName"/> is the property.</exception>
    public void Validate()
    {
        QuantityRange.Check(nameof(BitDepth), BitDepth, 8, 16, "bit");
        QuantityRange.Check(nameof(PixelPitchMicrometers), PixelPitchMicrometers, 0.1f, 100, "µm");
        QuantityRange.Check("QuantumEfficiency.Red", QuantumEfficiency.Red, 0, 1, "e⁻/photon");
        QuantityRange.Check("QuantumEfficiency.Green", QuantumEfficiency.Green, 0, 1, "e⁻/photon");
        QuantityRange.Check("QuantumEfficiency.Blue", QuantumEfficiency.Blue, 0, 1, "e⁻/photon");
        // Illumination is relative to the most sensitive channel, so a sensor that sees nothing has no meaning.
        QuantityRange.Check("Largest QuantumEfficiency", QuantumEfficiency.Largest(), 1e-6f, 1, "e⁻/photon");
        QuantityRange.Check(nameof(FullWellElectrons), FullWellElectrons, 1, 1e7f, "e⁻");
        QuantityRange.Check(nameof(SystemGain), SystemGain, 1e-4f, 1e4f, "DN/e⁻");
        QuantityRange.Check(nameof(ReadNoiseElectrons), ReadNoiseElectrons, 0, 1e4f, "e⁻");
        QuantityRange.Check(nameof(RowNoiseElectrons), RowNoiseElectrons, 0, 1e4f, "e⁻");
        QuantityRange.Check(nameof(DarkCurrentElectronsPerSecond), DarkCurrentElectronsPerSecond, 0, 1e6f, "e⁻/s");
        QuantityRange.Check(nameof(DarkCurrentDoublingKelvin), DarkCurrentDoublingKelvin, 1, 100, "K");
        QuantityRange.Check(nameof(ReferenceTemperatureCelsius), ReferenceTemperatureCelsius, -100, 150, "°C");
        QuantityRange.Check(nameof(DsnuElectrons), DsnuElectrons, 0, 1e4f, "e⁻");
        CheckParts(
            nameof(DsnuElectrons), DsnuElectrons, nameof(DsnuRowElectrons), DsnuRowElectrons, nameof(DsnuColumnElectrons), DsnuColumnElectrons, "e⁻");
        QuantityRange.Check(nameof(PrnuPercent), PrnuPercent, 0, 100, "%");
        CheckParts(nameof(PrnuPercent), PrnuPercent, nameof(PrnuRowPercent), PrnuRowPercent, nameof(PrnuColumnPercent), PrnuColumnPercent, "%");
        QuantityRange.Check(nameof(HotPixelShare), HotPixelShare, 0, 1, "");
        QuantityRange.Check(nameof(HotPixelFactor), HotPixelFactor, 1, 1e6f, "");
        QuantityRange.Check(nameof(DeadPixelShare), DeadPixelShare, 0, 1 - HotPixelShare, "");
        QuantityRange.Check(nameof(BlackLevelDn), BlackLevelDn, 0, MaximumDn - 1, "DN");
        if (Iso is { } iso)
        {
            QuantityRange.Check(nameof(Iso), iso, 1, 1e7f, "");
        }

        if (!Enum.IsDefined(Cfa))
        {
            var valid = string.Join(", ", Enum.GetNames<CfaPattern>());
            throw new ArgumentOutOfRangeException(nameof(Cfa), Cfa, $"Cfa is {Cfa}; it must be one of {valid}.");
        }
    }

    private static double PixelPart(double total, double row, double column) =>
        Math.Sqrt(Math.Max(0, (total * total) - (row * row) - (column * column)));

    private static void CheckParts(string totalName, float total, string rowName, float row, string columnName, float column, string unit)
    {
        QuantityRange.Check(rowName, row, 0, total, unit);
        QuantityRange.Check(columnName, column, 0, total, unit);

        // A total that is exactly the root of the squares, rounded to a float, must pass.
        if (Math.Sqrt(((double)row * row) + ((double)column * column)) > total * (1 + 1e-6))
        {
            throw new ArgumentOutOfRangeException(columnName, column, FormattableString.Invariant(
                $"{rowName} ({row} {unit}) and {columnName} ({column} {unit}) together exceed {totalName} ({total} {unit}): ")
                + "row² + column² must not exceed its square.");
        }
    }

    private SensorModel WithGainFactor(double factor) => factor == 1 ? this : this with
    {
        SystemGain = (float)(SystemGain * factor),
        Iso = (float?)(Iso * factor),
        Assumed = [.. Assumed.Union([nameof(ReadNoiseElectrons), nameof(DsnuElectrons)])],
    };
}
