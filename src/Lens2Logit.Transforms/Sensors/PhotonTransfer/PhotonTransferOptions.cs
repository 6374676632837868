namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>Which levels of a bright series <see cref="PhotonTransferAnalysis"/> uses. The defaults are those of the standard.</summary>
public sealed record PhotonTransferOptions
{
    /// <summary>Gain and responsivity are fitted to levels up to this share of the saturation signal, in %, 1 to 100. Default 70.</summary>
    public double FitToPercent { get; init; } = 70;

    /// <summary>Linearity is judged from this share of the saturation signal on, in %, 0 to 100. Default 5.</summary>
    public double LinearityFromPercent { get; init; } = 5;

    /// <summary>Linearity is judged up to this share of the saturation signal, in %, 0 to 100 and above the former. Default 95.</summary>
    public double LinearityToPercent { get; init; } = 95;

    /// <summary>
    /// How many levels the range of a fit must hold, 2 to 1000. Default 3. The standard asks for 50 levels in all; fewer are less exact,
    /// not wrong.
    /// </summary>
    public int MinimumLevels { get; init; } = 3;

    internal void Validate()
    {
        QuantityRange.Check(nameof(FitToPercent), (float)FitToPercent, 1, 100, "%");
        QuantityRange.Check(nameof(LinearityFromPercent), (float)LinearityFromPercent, 0, 100, "%");
        QuantityRange.Check(nameof(LinearityToPercent), (float)LinearityToPercent, (float)LinearityFromPercent, 100, "%");
        QuantityRange.Check(nameof(MinimumLevels), MinimumLevels, 2, 1000, "");
    }
}
