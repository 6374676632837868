namespace Lens2Logit.Isp;

/// <summary>
/// Ranges that the weights of a <see cref="ParametrizedIsp"/> never leave, whatever an optimiser does to them: before every use a weight
/// beyond its range is set to the nearest end, and one that is NaN or infinite to its initial value (projected gradient descent).
/// The defaults are wide: what a camera or a person could have meant.
/// </summary>
public sealed record IspBounds
{
    /// <summary>Black level, share of full scale. Default 0 to 0.5.</summary>
    public ParameterRange BlackLevel { get; init; } = new(0, 0.5);

    /// <summary>Demosaicing kernels. Default −4 to 4.</summary>
    public ParameterRange Demosaicing { get; init; } = new(-4, 4);

    /// <summary>White balance; negative for a camera whose colour is inverted. Default −10 to 10.</summary>
    public ParameterRange WhiteBalance { get; init; } = new(-10, 10);

    /// <summary>Colour matrix. Default −10 to 10.</summary>
    public ParameterRange ColorMatrix { get; init; } = new(-10, 10);

    /// <summary>Sharpening kernel. Default −10 to 10.</summary>
    public ParameterRange Sharpening { get; init; } = new(-10, 10);

    /// <summary>Radius σ of the unsharp mask in pixels; its kernel ends at four pixels. Default 0.3 to 2.</summary>
    public ParameterRange UnsharpRadius { get; init; } = new(0.3, 2);

    /// <summary>Amount of the unsharp mask. Default 0 to 5.</summary>
    public ParameterRange UnsharpAmount { get; init; } = new(0, 5);

    /// <summary>Blur kernel. Default −2 to 2.</summary>
    public ParameterRange Blur { get; init; } = new(-2, 2);

    /// <summary>Gamma γ. Default 0.2 to 10.</summary>
    public ParameterRange Gamma { get; init; } = new(0.2, 10);

    /// <summary>Additive layer. Default −1 to 1.</summary>
    public ParameterRange Additive { get; init; } = new(-1, 1);

    /// <summary>The ranges by the names that the weights have in the module.</summary>
    internal IReadOnlyDictionary<string, ParameterRange> ByName => new Dictionary<string, ParameterRange>
    {
        ["black_level"] = BlackLevel,
        ["demosaicing"] = Demosaicing,
        ["white_balance"] = WhiteBalance,
        ["color_matrix"] = ColorMatrix,
        ["sharpening"] = Sharpening,
        ["unsharp_radius"] = UnsharpRadius,
        ["unsharp_amount"] = UnsharpAmount,
        ["blur"] = Blur,
        ["gamma"] = Gamma,
        ["additive"] = Additive,
    };

    /// <exception cref="ArgumentException">A range is not valid, or admits what the ISP cannot compute; the message names it.</exception>
    internal void Validate()
    {
        foreach (var (name, range) in ByName)
            range.Validate(name);
        if (Gamma.Minimum <= 0)
            throw new ArgumentException(FormattableString.Invariant($"The range of {nameof(Gamma)} begins at {Gamma.Minimum}; expected more than 0."), nameof(Gamma));
        if (UnsharpRadius.Minimum <= 0)
            throw new ArgumentException(FormattableString.Invariant($"The range of {nameof(UnsharpRadius)} begins at {UnsharpRadius.Minimum}; expected more than 0."), nameof(UnsharpRadius));
    }
}
