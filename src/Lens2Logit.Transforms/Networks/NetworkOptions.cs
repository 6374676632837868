using System.Text.Json;
using Lens2Logit.Stages;

namespace Lens2Logit.Networks;

/// <summary>What a classification network has to know: the size of its two ends.</summary>
public sealed record NetworkOptions
{
    /// <summary>Channels of the input [N, Channels, H, W]. Default 3.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Length of the output [N, Classes], logits. Default 2.</summary>
    public int Classes { get; init; } = 2;

    /// <summary>Reads options from JSON.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    /// <exception cref="InvalidDataException">The text is not valid; the message says where.</exception>
    public static NetworkOptions FromJson(string json) => StageJson.Read<NetworkOptions>(json);

    /// <summary>The options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StageJson.Format);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Channels, 1, nameof(Channels));
        ArgumentOutOfRangeException.ThrowIfLessThan(Classes, 1, nameof(Classes));
    }
}
