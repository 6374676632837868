using System.Text.Json;
using Lens2Logit.Stages;

namespace Lens2Logit.Networks;

/// <summary>Options of <see cref="UnetPlusPlus"/>.</summary>
public sealed record UnetPlusPlusOptions
{
    private static readonly int[] DefaultDecoder = [256, 128, 64, 32, 16];

    /// <summary>Channels of the input [N, Channels, H, W]. Default 3.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Channels of the output [N, Classes, H, W]. Default 1, a binary mask.</summary>
    public int Classes { get; init; } = 1;

    /// <summary>How many times the encoder halves the image: 3, 4 or 5. Default 5. Height and width must be multiples of 2^Depth.</summary>
    public int Depth { get; init; } = 5;

    /// <summary>
    /// Channels of the decoder from coarse to fine, <see cref="Depth"/> values of at least 1; null (default) for the first of 256, 128, 64, 32, 16.
    /// </summary>
    public IReadOnlyList<int>? DecoderChannels { get; init; }

    /// <summary>Reads options from JSON.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    /// <exception cref="InvalidDataException">The text is not valid; the message says where.</exception>
    public static UnetPlusPlusOptions FromJson(string json) => StageJson.Read<UnetPlusPlusOptions>(json);

    /// <summary>The options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StageJson.Format);

    internal int[] Decoder() => DecoderChannels is null ? DefaultDecoder[..Depth] : [.. DecoderChannels];

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Channels, 1, nameof(Channels));
        ArgumentOutOfRangeException.ThrowIfLessThan(Classes, 1, nameof(Classes));
        if (Depth is < 3 or > 5)
            throw new ArgumentOutOfRangeException(nameof(Depth), Depth, "Expected 3, 4 or 5.");
        if (DecoderChannels is not null && (DecoderChannels.Count != Depth || DecoderChannels.Any(c => c < 1)))
            throw new ArgumentException($"{nameof(DecoderChannels)} is [{string.Join(", ", DecoderChannels)}]; expected {Depth} values of at least 1, one per level.", nameof(DecoderChannels));
    }
}
