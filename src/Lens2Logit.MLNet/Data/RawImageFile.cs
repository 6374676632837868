namespace Lens2Logit.MLNet.Data;

/// <summary>One raw image of a folder.</summary>
public sealed class RawImageFile
{
    /// <summary>Path relative to the folder, with <c>/</c> between its parts.</summary>
    public string Path { get; set; } = "";

    /// <summary>The class, or empty.</summary>
    public string Label { get; set; } = "";

    /// <summary>The part of the data the image belongs to, in the word of <c>labels.csv</c> (<c>train</c>, <c>validation</c>, <c>test</c>), or empty.</summary>
    public string Split { get; set; } = "";

    /// <summary>Path of the mask relative to the folder of masks, or empty.</summary>
    public string MaskPath { get; set; } = "";
}
