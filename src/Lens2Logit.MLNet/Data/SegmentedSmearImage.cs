namespace Lens2Logit.MLNet.Data;

/// <summary>A row of the built-in data set with the mask of the nucleus.</summary>
public sealed class SegmentedSmearImage
{
    /// <summary>The scene, planar linear RGB [3, H, W] in [0, 1].</summary>
    public float[] Scene { get; set; } = [];

    /// <summary>Where the nucleus of the leukocyte is, [H, W], 0 and 1.</summary>
    public float[] Mask { get; set; } = [];

    /// <summary>A name that no other image has; a good row key for the noise.</summary>
    public string Name { get; set; } = "";
}
