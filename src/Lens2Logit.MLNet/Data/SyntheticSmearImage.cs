namespace Lens2Logit.MLNet.Data;

/// <summary>A row of the built-in data set.</summary>
public sealed class SyntheticSmearImage
{
    /// <summary>The scene, planar linear RGB [3, H, W] in [0, 1].</summary>
    public float[] Scene { get; set; } = [];

    /// <summary>The class, a name of <see cref="SyntheticSmear.Classes"/>.</summary>
    public string Label { get; set; } = "";

    /// <summary>A name that no other image has; a good row key for the noise.</summary>
    public string Name { get; set; } = "";
}
