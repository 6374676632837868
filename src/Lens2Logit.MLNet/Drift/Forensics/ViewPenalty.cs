namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>What keeps the views of a search alike: the term that λ weighs against the task loss.</summary>
public enum ViewPenalty
{
    /// <summary>1 − structural similarity, the mean of the batch (Wang et al., IEEE TIP 13, 2004).</summary>
    StructuralSimilarity,

    /// <summary>The ℓ2 penalty of the paper: the sum of squared differences over the whole batch.</summary>
    SquaredDistance,
}
