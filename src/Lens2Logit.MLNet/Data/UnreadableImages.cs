namespace Lens2Logit.MLNet.Data;

/// <summary>What to do with a file that is no readable image.</summary>
public enum UnreadableImages
{
    /// <summary>Leave it out, and name it in a warning.</summary>
    Skip,

    /// <summary>Throw, naming all of them.</summary>
    Throw,
}
