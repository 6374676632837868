using System.Globalization;
using System.Text.Json.Serialization;
using Lens2Logit.Sensors;

namespace Lens2Logit.Isp;

/// <summary>
/// What an ISP has to know about a camera to develop its raw images: black and white level, white balance, colour matrix and colour filter array.
/// </summary>
/// <remarks>Raw values are in [0, 1] (DN divided by 2^bits − 1), and so are black and white levels. Immutable; safe to share between threads.</remarks>
public sealed record CameraParameters
{
    /// <summary>A camera that needs no correction: black level 0, unit white balance, identity matrix, RGGB.</summary>
    public static CameraParameters Identity { get; } = new() { Name = "Identity" };

    /// <summary>The microscope camera of Raw-Microscopy. Source: the paper's published code. Its red white balance is negative.</summary>
    public static CameraParameters RawMicroscopy { get; } = new()
    {
        Name = "RawMicroscopy",
        BlackLevel = [9.834368023181512e-06, 9.834368023181512e-06, 9.834368023181512e-06, 9.834368023181512e-06],
        WhiteBalance = [-0.6567, 1.9673, 3.5304],
        ColorMatrix = [-2.0338, 0.0933, 0.4157, -0.0286, 2.6464, -0.0574, -0.5516, -0.0947, 2.9308],
    };

    /// <summary>The drone camera of Raw-Drone (DJI Mavic 2 Pro). Source: the paper's published code.</summary>
    public static CameraParameters RawDrone { get; } = new()
    {
        Name = "RawDrone",
        BlackLevel = [0.0625, 0.0626, 0.0625, 0.0626],
        WhiteBalance = [2.86653646, 1, 1.73079425],
        ColorMatrix =
        [
            1.50768983, -0.33571374, -0.17197604,
            -0.23048614, 1.70698738, -0.47650126,
            -0.03119153, -0.32803956, 1.35923111,
        ],
    };

    /// <summary>A name for messages and reports.</summary>
    public string Name { get; init; } = "Custom";

    /// <summary>Black level at the four positions of the 2×2 cell, row by row (the order of the DNG tag BlackLevel), in raw units. Default 0.</summary>
    public IReadOnlyList<double> BlackLevel { get; init; } = [0, 0, 0, 0];

    /// <summary>
    /// Raw value of saturation, above every black level, in raw units. Null (default): values are not scaled and not clipped before the
    /// end, as in the paper. Otherwise values above black are divided by white − black (the greatest one) and clipped before they are
    /// demosaiced, at 0 and where the first colour saturates after white balance, so that what is overexposed becomes white (DNG
    /// specification 1.4, chapter 5). A parametrised ISP starts with the division contained in its white balance.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? WhiteLevel { get; init; }

    /// <summary>Factors for red, green and blue. Default 1. Any finite value; a camera whose colour is inverted has a negative one.</summary>
    public IReadOnlyList<double> WhiteBalance { get; init; } = [1, 1, 1];

    /// <summary>Matrix [3, 3] from white-balanced camera colour to linear sRGB, row by row: out_l = Σ_k M[l,k]·in_k. Default the identity.</summary>
    public IReadOnlyList<double> ColorMatrix { get; init; } = [1, 0, 0, 0, 1, 0, 0, 0, 1];

    /// <summary>The colour filter array, a Bayer pattern. Default RGGB.</summary>
    public CfaPattern Cfa { get; init; } = CfaPattern.Rggb;

    /// <summary>Compares values, lists included.</summary>
    /// <param name="other">The parameters to compare with.</param>
    public bool Equals(CameraParameters? other) => other is not null && Name == other.Name && Cfa == other.Cfa && WhiteLevel == other.WhiteLevel
        && BlackLevel.SequenceEqual(other.BlackLevel) && WhiteBalance.SequenceEqual(other.WhiteBalance) && ColorMatrix.SequenceEqual(other.ColorMatrix);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Cfa, WhiteLevel);

    /// <summary>
    /// Checks that black level, white balance and matrix have 4, 3 and 9 finite values, that a white level is above every black level, and
    /// that the colour filter array is a Bayer pattern.
    /// </summary>
    /// <exception cref="ArgumentException">One is not so; the message names it.</exception>
    public void Validate()
    {
        Check(BlackLevel, 4, nameof(BlackLevel));
        Check(WhiteBalance, 3, nameof(WhiteBalance));
        Check(ColorMatrix, 9, nameof(ColorMatrix));
        if (WhiteLevel is { } white && !(white > BlackLevel.Max() && double.IsFinite(white)))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{nameof(WhiteLevel)} of camera '{Name}' is {white}; expected a finite number above its black level, {BlackLevel.Max()}."), nameof(WhiteLevel));
        }
        Cfa.RequireBayer($"Developing the raw images of camera '{Name}'");
    }

    private void Check(IReadOnlyList<double> values, int count, string name)
    {
        if (values is null || values.Count != count)
            throw new ArgumentException($"{name} of camera '{Name}' has {values?.Count ?? 0} values; expected {count}.", name);
        for (int i = 0; i < count; i++)
        {
            if (!double.IsFinite(values[i]))
                throw new ArgumentException(FormattableString.Invariant($"{name}[{i}] of camera '{Name}' is {values[i]}; expected a finite number."), name);
        }
    }
}
