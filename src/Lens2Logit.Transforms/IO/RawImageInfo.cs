using Lens2Logit.Isp;

namespace Lens2Logit.IO;

/// <summary>What a raw file says about its image.</summary>
public sealed record RawImageInfo
{
    /// <summary>The file's format.</summary>
    public required RawImageFormat Format { get; init; }

    /// <summary>Rows, after cropping to the active area and turning.</summary>
    public required int Height { get; init; }

    /// <summary>Columns, after cropping to the active area and turning.</summary>
    public required int Width { get; init; }

    /// <summary>
    /// Bits of a digital number after linearisation, 1 to 16: raw values are DN / (2^bits − 1). 0 for floating point, which is taken as it is.
    /// </summary>
    public required int BitDepth { get; init; }

    /// <summary>
    /// The camera: colour filter array, black and white level, white balance and colour matrix, for the image as it is delivered. A DNG's
    /// own, or else <see cref="RawReadOptions.Camera"/>; null where neither says anything.
    /// </summary>
    public CameraParameters? Camera { get; init; }

    /// <summary>The noise of red, green and blue, or of all colours alike if there is one element; empty where the file does not say.</summary>
    public IReadOnlyList<NoiseProfile> NoiseProfile { get; init; } = [];

    /// <summary>The orientation that the file asks for, whether or not it was applied.</summary>
    public RawOrientation Orientation { get; init; } = RawOrientation.TopLeft;

    internal int Pixels => Height * Width;
}
