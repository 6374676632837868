namespace Lens2Logit.MLNet.Training;

/// <summary>
/// Pictures of what the stages make of some training rows, and of the gradient there, after every epoch: a PNG for each row and epoch. The upper line
/// shows the source, the view after each step of each stage, and what the network gets; the lower line the derivative of the loss with respect to it.
/// </summary>
/// <remarks>
/// Modules are in eval mode and images are not augmented. Each image is shown in its own range where it exceeds [0, 1]; gradients are scaled by their
/// largest magnitude, grey is 0.
/// </remarks>
public sealed record StageTracking
{
    /// <summary>Folder that gets <c>row3-epoch0001.png</c> and so on; made if need be.</summary>
    public required string Folder { get; init; }

    /// <summary>Which rows, by their position from 0 among those trained on: rows kept for validation do not count. Default the first.</summary>
    public IReadOnlyList<int> Rows { get; init; } = [0];

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder);
        ArgumentNullException.ThrowIfNull(Rows);
        if (Rows.Count == 0 || Rows.Any(row => row < 0) || Rows.Distinct().Count() < Rows.Count)
            throw new ArgumentException($"{nameof(StageTracking)}.{nameof(Rows)} is {string.Join(", ", Rows)}; expected at least one position, each at least 0 and only once.", nameof(Rows));
    }
}
