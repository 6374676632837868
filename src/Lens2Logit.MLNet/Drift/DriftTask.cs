namespace Lens2Logit.MLNet.Drift;

/// <summary>What the task models of a study do, and by what they are scored.</summary>
public enum DriftTask
{
    /// <summary>Tell classes apart; the score is the share of the images classified rightly.</summary>
    Classification,

    /// <summary>Find objects; the score is the intersection over union of the masks, pixels counted over the whole test set.</summary>
    Segmentation,
}
