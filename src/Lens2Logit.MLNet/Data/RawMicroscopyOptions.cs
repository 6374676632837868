namespace Lens2Logit.MLNet.Data;

/// <summary>Which images of Raw-Microscopy to load.</summary>
public sealed record RawMicroscopyOptions
{
    /// <summary>The intensities to load, of <see cref="RawMicroscopy.Intensities"/>; rows come in this order. Default 1 alone.</summary>
    public IReadOnlyList<float> Intensities { get; init; } = [1f];

    /// <summary>Classes with fewer images are left out; at least 1. Default 5, as in the paper: nine classes stay.</summary>
    public int MinimumImagesPerClass { get; init; } = 5;

    /// <summary>What to do where a listed file is missing or empty. Default: leave it out, and name it in a warning.</summary>
    public UnreadableImages Unreadable { get; init; } = UnreadableImages.Skip;

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        RawScale.Check(Intensities, nameof(Intensities));
        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumImagesPerClass, 1);
    }
}
