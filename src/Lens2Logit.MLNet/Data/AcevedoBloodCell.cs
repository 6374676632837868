namespace Lens2Logit.MLNet.Data;

/// <summary>A row of the blood cells of Acevedo et al.</summary>
public sealed class AcevedoBloodCell
{
    /// <summary>Path of the image relative to the folder given, with <c>/</c> between its parts.</summary>
    public string Path { get; set; } = "";

    /// <summary>Class, one of <see cref="AcevedoBloodCells.Classes"/>.</summary>
    public string Label { get; set; } = "";

    /// <summary>The finer class that file names tell of neutrophils and immature granulocytes, such as <c>band neutrophil</c>; else empty.</summary>
    public string Subtype { get; set; } = "";

    /// <summary>The part of the data the image belongs to, in the word of <c>labels.csv</c> (<c>train</c>, <c>validation</c>, <c>test</c>), or empty.</summary>
    public string Split { get; set; } = "";
}
