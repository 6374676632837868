namespace Lens2Logit.MLNet.Data;

/// <summary>A row of Raw-Microscopy.</summary>
public sealed class RawMicroscopyImage
{
    /// <summary>Path of the raw file relative to the folder given, with <c>/</c> between its parts.</summary>
    public string Path { get; set; } = "";

    /// <summary>Name of the cell's image, the same at every intensity.</summary>
    public string Name { get; set; } = "";

    /// <summary>Class, a key of <see cref="RawMicroscopy.Classes"/>.</summary>
    public string Label { get; set; } = "";

    /// <summary>Field of view of the microscope from which the image was cropped; images of one field belong on one side of a split.</summary>
    public string Frame { get; set; } = "";

    /// <summary>Light relative to the original measurement, one of <see cref="RawMicroscopy.Intensities"/>.</summary>
    public float Intensity { get; set; }
}
