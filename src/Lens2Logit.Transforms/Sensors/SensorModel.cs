namespace Lens2Logit.Sensors;

/// <summary>
/// What a sensor is, in the linear camera model of EMVA 1288 release 4.0: how it turns photons into electrons and electrons
/// into digital numbers (DN). What a particular shot is (light, time, temperature) is an <see cref="Exposure"/>.
/// </summary>
/// <remarks>
/// <para>
/// The model, per pixel: charge = min(Poisson(η·μp·(1 + PRNU map) + μI·t), full well); then + DSNU map + N(0, σ0²); then
/// ·K + black level, rounded and clipped to [0, 2^bits − 1]. Its moments are the standard's, away from both clips:
/// μy = K(η·μp + μd) + black level and σy² = K²(σ0² + μd + η·μp) + 1/12.
/// </para>
/// <para>
/// The standard's temporal dark noise σd includes the shot noise of the dark current: σd² = σ0² + μI·t. This type holds σ0.
/// </para>
/// <para>
/// The defaults are plausible figures of a 12-bit colour CMOS sensor, not of any real one: see <see cref="SensorPresets"/>.
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

    /// <summary>Dark current μI in e⁻/s at <see cref="ReferenceTemperatureCelsius"/>, 0 to 1e6. Default 1.</summary>
    public float DarkCurrentElectronsPerSecond { get; init; } = 1;

    /// <summary>Temperature step Td that doubles the dark current, in K, 1 to 100. Default 7.</summary>
    public float DarkCurrentDoublingKelvin { get; init; } = 7;

    /// <summary>Temperature at which the dark current was measured, in °C, −100 to 150. Default 25.</summary>
    public float ReferenceTemperatureCelsius { get; init; } = 25;

    /// <summary>
    /// Dark signal nonuniformity DSNU in e⁻: standard deviation over the pixels of the fixed offset, 0 to 10 000. Default 1.
    /// </summary>
    public float DsnuElectrons { get; init; } = 1;

    /// <summary>
    /// Photo response nonuniformity PRNU in %: standard deviation over the pixels of the fixed relative gain, 0 to 100. Default 0.5.
    /// A pixel whose factor 1 + PRNU map would be negative is blind (factor 0).
    /// </summary>
    public float PrnuPercent { get; init; } = 0.5f;

    /// <summary>Digital number of no charge, in DN: at least 0 and below <see cref="MaximumDn"/>. Default 240.</summary>
    public float BlackLevelDn { get; init; } = 240;

    /// <summary>The colour filter array. Default <see cref="CfaPattern.Rggb"/>.</summary>
    public CfaPattern Cfa { get; init; } = CfaPattern.Rggb;

    /// <summary>
    /// Identity of the individual camera, any integer, default 0: the DSNU and PRNU maps follow from it and are the same in
    /// every image it takes. Two seeds are two cameras of one type.
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

    /// <summary>Dark current at a temperature, in e⁻/s: μI(T) = μI·2^((T − Tref)/Td).</summary>
    /// <param name="temperatureCelsius">Temperature T of the sensor in °C.</param>
    public double DarkCurrentAt(float temperatureCelsius) =>
        DarkCurrentElectronsPerSecond * Math.Pow(2, (temperatureCelsius - ReferenceTemperatureCelsius) / (double)DarkCurrentDoublingKelvin);

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
        QuantityRange.Check(nameof(DarkCurrentElectronsPerSecond), DarkCurrentElectronsPerSecond, 0, 1e6f, "e⁻/s");
        QuantityRange.Check(nameof(DarkCurrentDoublingKelvin), DarkCurrentDoublingKelvin, 1, 100, "K");
        QuantityRange.Check(nameof(ReferenceTemperatureCelsius), ReferenceTemperatureCelsius, -100, 150, "°C");
        QuantityRange.Check(nameof(DsnuElectrons), DsnuElectrons, 0, 1e4f, "e⁻");
        QuantityRange.Check(nameof(PrnuPercent), PrnuPercent, 0, 100, "%");
        QuantityRange.Check(nameof(BlackLevelDn), BlackLevelDn, 0, MaximumDn - 1, "DN");
        if (!Enum.IsDefined(Cfa))
        {
            var valid = string.Join(", ", Enum.GetNames<CfaPattern>());
            throw new ArgumentOutOfRangeException(nameof(Cfa), Cfa, $"Cfa is {Cfa}; it must be one of {valid}.");
        }
    }
}
