namespace Lens2Logit.MLNet.Training;

/// <summary>How learning rates change over the steps of a training.</summary>
public enum LearningRateSchedule
{
    /// <summary>They fall to zero along half a cosine.</summary>
    Cosine,

    /// <summary>They stay.</summary>
    Constant,

    /// <summary>They fall to zero along a line.</summary>
    Linear,

    /// <summary>They are divided by ten after half of the steps, and again after three quarters. Source: He et al., CVPR 2016, section 4.2.</summary>
    Step,
}
