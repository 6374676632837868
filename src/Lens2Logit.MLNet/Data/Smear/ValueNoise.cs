using System.Numerics;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>Smooth random texture: random values on a square lattice, interpolated in between. Defined over the whole plane.</summary>
internal readonly struct ValueNoise
{
    private readonly ulong _key;

    // Turns the lattice, so that no texture shows the axes of the image, and scales its spacing to 1.
    private readonly float _cosine, _sine;

    /// <summary>Selects a texture.</summary>
    /// <param name="random">Draws the texture.</param>
    /// <param name="spacing">Distance between lattice points, in micrometres.</param>
    public ValueNoise(ref SmearRandom random, float spacing)
    {
        _key = random.NextBits();
        (_sine, _cosine) = MathF.SinCos(random.Angle());
        _sine /= spacing;
        _cosine /= spacing;
    }

    /// <summary>The texture at a point, in [0, 1] with mean one half.</summary>
    public float At(Vector2 point)
    {
        float x = _cosine * point.X - _sine * point.Y, y = _sine * point.X + _cosine * point.Y;
        float x0 = MathF.Floor(x), y0 = MathF.Floor(y);
        float tx = Ease(x - x0), ty = Ease(y - y0);
        int column = (int)x0, row = (int)y0;
        float top = float.Lerp(Lattice(column, row), Lattice(column + 1, row), tx);
        float bottom = float.Lerp(Lattice(column, row + 1), Lattice(column + 1, row + 1), tx);
        return float.Lerp(top, bottom, ty);
    }

    private static float Ease(float t) => t * t * (3f - 2f * t);

    private float Lattice(int column, int row) =>
        (SmearRandom.Mix(_key ^ ((ulong)(uint)column << 32 | (uint)row)) >> 40) * (1f / (1 << 24));
}
