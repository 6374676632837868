namespace Lens2Logit.MLNet.Training;

/// <summary>Ends a training when the loss on the validation rows no longer falls, and goes back to the epoch where it was lowest.</summary>
public sealed record EarlyStopping
{
    /// <summary>Epochs without improvement after which the training ends, at least 1. Default 5.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>By how much the validation loss must fall below the lowest so far to count, at least 0. Default 0.</summary>
    public double MinimumImprovement { get; init; }
}
