using System.Numerics;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>How the pixels of a square image lie on the specimen, whose origin is the middle of the image.</summary>
/// <param name="Size">Edge of the image in pixels.</param>
/// <param name="FieldOfView">Edge of the image in micrometres of the specimen.</param>
internal readonly record struct SpecimenGrid(int Size, float FieldOfView)
{
    /// <summary>Distance of neighbouring pixels in micrometres.</summary>
    public float Pitch => FieldOfView / Size;

    /// <summary>Position of the middle of a pixel in micrometres.</summary>
    public Vector2 PositionOf(int x, int y) => new((x + 0.5f) * Pitch - FieldOfView / 2, (y + 0.5f) * Pitch - FieldOfView / 2);

    /// <summary>The pixels of the image, right and bottom exclusive, that a disc can touch; empty if it lies outside.</summary>
    /// <param name="centre">Centre of the disc in micrometres.</param>
    /// <param name="reach">Radius of the disc in micrometres.</param>
    public (int Left, int Top, int Right, int Bottom) PixelsAround(Vector2 centre, float reach)
    {
        float pitch = Pitch, half = FieldOfView / 2;
        return (
            Math.Max((int)MathF.Floor((centre.X - reach + half) / pitch), 0),
            Math.Max((int)MathF.Floor((centre.Y - reach + half) / pitch), 0),
            Math.Min((int)MathF.Ceiling((centre.X + reach + half) / pitch), Size),
            Math.Min((int)MathF.Ceiling((centre.Y + reach + half) / pitch), Size));
    }
}
