using Microsoft.ML;

namespace Lens2Logit.MLNet.Drift;

/// <summary>
/// Labelled images, or images with masks, on which drift is studied. They are read once and kept in memory, 4 bytes a value. Rows without a label or mask are left out.
/// </summary>
/// <param name="View">The data.</param>
public sealed record DriftData(IDataView View)
{
    /// <summary>
    /// Column of the images: scenes, to be photographed by a simulated camera (images of known size, or linear RGB [3, H, W], 1 = reference
    /// white), or raw images [H, W] in [0, 1] that a camera has measured. Default <c>Scene</c>.
    /// </summary>
    public string ImageColumnName { get; init; } = "Scene";

    /// <summary>Column of the labels: text, or a key. Not read where there are masks. Default <c>Label</c>.</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// Column of binary masks [H, W] of the objects to find, as <c>RawImageSegmentation</c> takes them. Default null: the task is to tell classes apart.
    /// </summary>
    public string? MaskColumnName { get; init; }

    internal DriftTask Task => MaskColumnName is null ? DriftTask.Classification : DriftTask.Segmentation;

    /// <exception cref="ArgumentException">The data has masks.</exception>
    internal void RequireClasses(string purpose)
    {
        if (MaskColumnName is { } mask)
            throw new ArgumentException($"The data has masks in column '{mask}'; {purpose} is for classes. Leave {nameof(MaskColumnName)} out, or use Synthesize.");
    }

    /// <summary>Text or whole-number column that tells images apart, on which their noise depends; null for the row's id. Default <c>Name</c>.</summary>
    public string? RowKeyColumnName { get; init; } = "Name";
}
