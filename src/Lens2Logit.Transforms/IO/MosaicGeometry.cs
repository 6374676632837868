using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.IO;

/// <summary>From the stored image to the delivered one: a crop, then an orientation.</summary>
/// <param name="Top">First stored row that counts.</param>
/// <param name="Left">First stored column that counts.</param>
/// <param name="Height">Stored rows that count.</param>
/// <param name="Width">Stored columns that count.</param>
/// <param name="Orientation">How the crop is turned.</param>
internal readonly record struct MosaicGeometry(int Top, int Left, int Height, int Width, RawOrientation Orientation)
{
    private bool Transposes => Orientation >= RawOrientation.LeftTop;

    public int DeliveredHeight => Transposes ? Width : Height;

    public int DeliveredWidth => Transposes ? Height : Width;

    /// <summary>Where a pixel of the crop goes.</summary>
    public (int Row, int Column) Deliver(int row, int column) => Orientation switch
    {
        RawOrientation.TopRight => (row, Width - 1 - column),
        RawOrientation.BottomRight => (Height - 1 - row, Width - 1 - column),
        RawOrientation.BottomLeft => (Height - 1 - row, column),
        RawOrientation.LeftTop => (column, row),
        RawOrientation.RightTop => (column, Height - 1 - row),
        RawOrientation.RightBottom => (Width - 1 - column, Height - 1 - row),
        RawOrientation.LeftBottom => (Width - 1 - column, row),
        _ => (row, column),
    };

    /// <summary>The camera of the turned image: black levels and the colour filter array turn with it.</summary>
    public CameraParameters Deliver(CameraParameters camera)
    {
        if (Orientation == RawOrientation.TopLeft)
            return camera;
        var black = new double[4];
        Span<byte> cell = stackalloc byte[4];
        for (int position = 0; position < 4; position++)
        {
            var (row, column) = Deliver(position >> 1, position & 1);
            int delivered = ((row & 1) << 1) | (column & 1);
            black[delivered] = camera.BlackLevel[position];
            if (camera.Cfa.IsBayer())
                cell[delivered] = camera.Cfa.Cell()[position];
        }
        return camera with { BlackLevel = black, Cfa = camera.Cfa.IsBayer() ? PatternOf(cell)!.Value : camera.Cfa };
    }

    /// <summary>The Bayer pattern of a cell of channels (0 red, 1 green, 2 blue), row by row; null if there is none.</summary>
    public static CfaPattern? PatternOf(ReadOnlySpan<byte> cell)
    {
        foreach (var pattern in Enum.GetValues<CfaPattern>())
        {
            if (pattern.IsBayer() && pattern.Cell().SequenceEqual(cell))
                return pattern;
        }
        return null;
    }
}
