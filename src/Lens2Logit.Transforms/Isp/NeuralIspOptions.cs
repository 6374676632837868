using System.Text.Json;
using Lens2Logit.Networks;
using Lens2Logit.Sensors;
using Lens2Logit.Stages;

namespace Lens2Logit.Isp;

/// <summary>Options of <see cref="NeuralIsp"/>.</summary>
public sealed record NeuralIspOptions
{
    /// <summary>Black level, row by row in the 2×2 cell, in raw units [0, 1]. Default 0, as in the paper's code.</summary>
    public IReadOnlyList<double> BlackLevel { get; init; } = [0, 0, 0, 0];

    /// <summary>The colour filter array. Default RGGB.</summary>
    public CfaPattern Cfa { get; init; } = CfaPattern.Rggb;

    /// <summary>Mean of red, green and blue of the mosaic, subtracted before the network; null (default) for none.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>Divisors of red, green and blue after the mean is subtracted, above 0; null (default) for none.</summary>
    public IReadOnlyList<double>? StandardDeviation { get; init; }

    /// <summary>How many times the network's encoder halves the image: 3 (default, the paper's), 4 or 5.</summary>
    public int Depth { get; init; } = 3;

    /// <summary>
    /// Whether a batch normalisation without weights follows. Default true, as in the paper: the network's output has no range of its
    /// own. It hides gain and offset drift from the task model.
    /// </summary>
    public bool BatchNorm { get; init; } = true;

    /// <summary>Seed of the initial weights. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Reads options from JSON.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    /// <exception cref="InvalidDataException">The text is not valid; the message says where.</exception>
    public static NeuralIspOptions FromJson(string json) => StageJson.Read<NeuralIspOptions>(json);

    /// <summary>The options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StageJson.Format);

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Mosaic().Validate();
        Network().Validate();
    }

    internal RawToRgbOptions Mosaic() => new() { BlackLevel = BlackLevel, Cfa = Cfa, Mean = Mean, StandardDeviation = StandardDeviation };

    internal UnetPlusPlusOptions Network() => new() { Channels = 3, Classes = 3, Depth = Depth };
}
