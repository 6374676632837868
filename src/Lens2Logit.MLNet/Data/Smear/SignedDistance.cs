using System.Numerics;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>Signed distances in the plane, negative inside, and how to draw them.</summary>
internal static class SignedDistance
{
    /// <summary>Distance to all points within <paramref name="radius"/> of a segment; a disc where both ends coincide.</summary>
    public static float ToCapsule(Vector2 point, Vector2 start, Vector2 end, float radius)
    {
        Vector2 along = end - start, from = point - start;
        float lengthSquared = along.LengthSquared();
        float t = lengthSquared > 0 ? Math.Clamp(Vector2.Dot(from, along) / lengthSquared, 0f, 1f) : 0f;
        return (from - t * along).Length() - radius;
    }

    /// <summary>Union whose inner corners are rounded over a width of about <paramref name="blend"/> (polynomial smooth minimum).</summary>
    public static float SmoothUnion(float a, float b, float blend)
    {
        float overlap = MathF.Max(blend - MathF.Abs(a - b), 0f) / blend;
        return MathF.Min(a, b) - overlap * overlap * blend * 0.25f;
    }

    /// <summary>Fraction of a pixel inside the boundary, from 1 to 0 over an edge as wide as <paramref name="edge"/>.</summary>
    public static float Coverage(float distance, float edge)
    {
        float t = Math.Clamp(0.5f - distance / edge, 0f, 1f);
        return t * t * (3f - 2f * t);
    }
}
