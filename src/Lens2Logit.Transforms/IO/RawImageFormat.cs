namespace Lens2Logit.IO;

/// <summary>The file formats of raw images.</summary>
public enum RawImageFormat
{
    /// <summary>TIFF 6.0: one sample per pixel of 2 to 16 bits, or floating point of 16, 32 or 64.</summary>
    Tiff,

    /// <summary>Adobe Digital Negative: TIFF that says how to develop it.</summary>
    Dng,

    /// <summary>PNG, grey, 8 or 16 bits.</summary>
    Png,

    /// <summary>NumPy array [H, W]: unsigned integers of 8 or 16 bits, or floating point of 16, 32 or 64.</summary>
    Npy,

    /// <summary>Pixels alone, in a layout that the reader is told (<see cref="RawLayout"/>).</summary>
    Headerless,
}
