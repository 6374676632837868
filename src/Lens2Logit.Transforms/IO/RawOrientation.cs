namespace Lens2Logit.IO;

/// <summary>How the stored image is to be turned for display, with the values of the TIFF tag Orientation: where its first row and first column belong.</summary>
public enum RawOrientation
{
    /// <summary>As stored: first row at the top, first column at the left.</summary>
    TopLeft = 1,

    /// <summary>Mirrored left to right.</summary>
    TopRight = 2,

    /// <summary>Turned by 180°.</summary>
    BottomRight = 3,

    /// <summary>Mirrored top to bottom.</summary>
    BottomLeft = 4,

    /// <summary>Rows become columns.</summary>
    LeftTop = 5,

    /// <summary>Turned by 90° clockwise.</summary>
    RightTop = 6,

    /// <summary>Rows become columns, turned by 180°.</summary>
    RightBottom = 7,

    /// <summary>Turned by 90° counter-clockwise.</summary>
    LeftBottom = 8,
}
