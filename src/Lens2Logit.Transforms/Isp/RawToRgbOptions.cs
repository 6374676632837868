using System.Globalization;
using System.Text.Json;
using Lens2Logit.Sensors;
using Lens2Logit.Stages;

namespace Lens2Logit.Isp;

/// <summary>Options of <see cref="RawToRgb"/>.</summary>
public sealed record RawToRgbOptions
{
    /// <summary>Black level, row by row in the 2×2 cell, in raw units [0, 1]. Default 0.</summary>
    public IReadOnlyList<double> BlackLevel { get; init; } = [0, 0, 0, 0];

    /// <summary>The colour filter array, a Bayer pattern. Default RGGB.</summary>
    public CfaPattern Cfa { get; init; } = CfaPattern.Rggb;

    /// <summary>Whether the image shrinks to half size, one pixel per 2×2 cell. Default true. Otherwise missing colours are zero.</summary>
    public bool HalfSize { get; init; } = true;

    /// <summary>3: red, mean (at full size: both) of the greens, blue. 4: the two greens apart, in the order red, green in red's row, green in blue's row, blue. Default 3.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Mean subtracted per channel, or null for none. As many values as <see cref="Channels"/>.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>Divisor per channel after the mean is subtracted, or null for none.</summary>
    public IReadOnlyList<double>? StandardDeviation { get; init; }

    /// <summary>Reads options from JSON.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    /// <exception cref="InvalidDataException">The text is not valid; the message says where.</exception>
    public static RawToRgbOptions FromJson(string json) => StageJson.Read<RawToRgbOptions>(json);

    /// <summary>The options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StageJson.Format);

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        if (BlackLevel is null || BlackLevel.Count != 4 || !BlackLevel.All(double.IsFinite))
            throw new ArgumentException($"{nameof(BlackLevel)} must have 4 finite values; found {Print(BlackLevel)}.", nameof(BlackLevel));
        Cfa.RequireBayer("Arranging a mosaic by colour");
        if (Channels is not (3 or 4))
            throw new ArgumentOutOfRangeException(nameof(Channels), Channels, "Expected 3 or 4.");
        if (Mean is not null && (Mean.Count != Channels || !Mean.All(double.IsFinite)))
            throw new ArgumentException($"{nameof(Mean)} must have {Channels} finite values, one per channel; found {Print(Mean)}.", nameof(Mean));
        if (StandardDeviation is not null && (StandardDeviation.Count != Channels || StandardDeviation.Any(s => !(s > 0) || !double.IsFinite(s))))
            throw new ArgumentException($"{nameof(StandardDeviation)} must have {Channels} values above 0, one per channel; found {Print(StandardDeviation)}.", nameof(StandardDeviation));
    }

    private static string Print(IReadOnlyList<double>? values) =>
        $"[{string.Join(", ", (values ?? []).Select(value => value.ToString(CultureInfo.InvariantCulture)))}]";
}
