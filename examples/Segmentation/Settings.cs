namespace Segmentation;

/// <summary>What the command line says.</summary>
internal sealed record Settings
{
    public required bool Quick { get; init; }

    /// <summary>Folder of images and masks, or null for the built-in smear.</summary>
    public required string? Data { get; init; }

    public required string Out { get; init; }

    /// <summary>Height and width in pixels.</summary>
    public required int Size { get; init; }

    public required string Architecture { get; init; }

    public required int Epochs { get; init; }

    public required string? Checkpoint { get; init; }

    public required bool BFloat16 { get; init; }

    /// <summary>A file of weights of the network's encoder, or null.</summary>
    public required string? EncoderWeights { get; init; }

    public int TrainImages => Quick ? 300 : 1000;

    public int TestImages => Quick ? 100 : 400;

    public float Illumination => 0.25f;
}
