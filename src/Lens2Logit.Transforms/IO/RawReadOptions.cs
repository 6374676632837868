using Lens2Logit.Isp;

namespace Lens2Logit.IO;

/// <summary>What a reader of raw images has to be told beyond the file.</summary>
public sealed record RawReadOptions
{
    /// <summary>
    /// The camera of files that do not describe theirs, which only DNG does: its colour filter array, black and white level, in the
    /// file's own orientation. Null (default): unknown.
    /// </summary>
    public CameraParameters? Camera { get; init; }

    /// <summary>The layout of files without a known signature; null (default): such files are refused.</summary>
    public RawLayout? Layout { get; init; }

    /// <summary>
    /// Whether the image is turned as its orientation tag says, colour filter array and black levels with it. Default true; false leaves
    /// it as the sensor saw it.
    /// </summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    internal void Validate() => Layout?.Validate();
}
