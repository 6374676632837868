namespace Lens2Logit.MLNet.Data;

/// <summary>What is to be learnt from Raw-Drone.</summary>
public enum RawDroneTask
{
    /// <summary>Tiles with a car and their masks.</summary>
    Segmentation,

    /// <summary>As many tiles without a car as with one.</summary>
    CarPresence,
}

/// <summary>Which tiles of Raw-Drone to load.</summary>
public sealed record RawDroneOptions
{
    /// <summary>The task. Default segmentation.</summary>
    public RawDroneTask Task { get; init; } = RawDroneTask.Segmentation;

    /// <summary>The intensities to load, of <see cref="RawDrone.Intensities"/>; rows come in this order. Default 1 alone.</summary>
    public IReadOnlyList<float> Intensities { get; init; } = [1f];

    /// <summary>What to do where a tile or its mask is missing or empty. Default: leave it out, and name it in a warning.</summary>
    public UnreadableImages Unreadable { get; init; } = UnreadableImages.Skip;

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        RawScale.Check(Intensities, nameof(Intensities));
        if (!Enum.IsDefined(Task))
            throw new ArgumentOutOfRangeException(nameof(Task), Task, $"{nameof(Task)} is {Task}; expected {string.Join(" or ", Enum.GetNames<RawDroneTask>())}.");
    }
}
