namespace Lens2Logit.MLNet.Training;

/// <summary>How learning rates change over the steps of a training.</summary>
public enum LearningRateSchedule
{
    /// <summary>They fall to zero along half a cosine.</summary>
    Cosine,

    /// <summary>They stay.</summary>
    Constant,
}
