namespace Lens2Logit.MLNet.Data;

/// <summary>One image of a folder.</summary>
public sealed class ImageFile
{
    /// <summary>Path relative to the folder, with <c>/</c> between its parts.</summary>
    public string Path { get; set; } = "";

    /// <summary>The class.</summary>
    public string Label { get; set; } = "";

    /// <summary>The part of the data the image belongs to, in the word of <c>labels.csv</c> (<c>train</c>, <c>validation</c>, <c>test</c>), or empty.</summary>
    public string Split { get; set; } = "";
}
