using Microsoft.ML;

namespace Lens2Logit.MLNet.Drift;

/// <summary>
/// Labelled images on which drift is studied. They are read once and kept in memory, 4 bytes a value. Rows without a label are left out.
/// </summary>
/// <param name="View">The data.</param>
public sealed record DriftData(IDataView View)
{
    /// <summary>
    /// Column of the images: scenes, to be photographed by a simulated camera (images of known size, or linear RGB [3, H, W], 1 = reference
    /// white), or raw images [H, W] in [0, 1] that a camera has measured. Default <c>Scene</c>.
    /// </summary>
    public string ImageColumnName { get; init; } = "Scene";

    /// <summary>Column of the labels: text, or a key. Default <c>Label</c>.</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>Text or whole-number column that tells images apart, on which their noise depends; null for the row's id. Default <c>Name</c>.</summary>
    public string? RowKeyColumnName { get; init; } = "Name";
}
