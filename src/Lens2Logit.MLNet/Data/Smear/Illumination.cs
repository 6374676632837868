using System.Numerics;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>The light of the microscope: a level per channel that falls off linearly in one direction.</summary>
/// <param name="Level">Light at the brightest point, per channel, at most 1.</param>
/// <param name="Direction">Unit vector along which the light falls off.</param>
/// <param name="Gradient">Relative loss from the brightest to the dimmest corner.</param>
internal readonly record struct Illumination(Vector3 Level, Vector2 Direction, float Gradient)
{
    // How far a lamp's colour strays from white.
    private const float Tint = 0.04f;

    /// <summary>Draws the light of one image.</summary>
    public static Illumination Draw(SyntheticSmearOptions options, ref SmearRandom random)
    {
        float level = random.Between(options.MinIllumination, options.MaxIllumination);
        var tint = new Vector3(random.Between(1 - Tint, 1), random.Between(1 - Tint, 1), random.Between(1 - Tint, 1));
        float angle = random.Angle();
        return new(level * tint, new(MathF.Cos(angle), MathF.Sin(angle)), random.Between(0, options.IlluminationGradient));
    }

    /// <summary>Turns transmittance into light.</summary>
    public void Shine(SpecimenGrid grid, Span<float> planes)
    {
        int area = grid.Size * grid.Size;
        // The corner farthest along the direction lies at this distance.
        float corner = (MathF.Abs(Direction.X) + MathF.Abs(Direction.Y)) * grid.FieldOfView / 2;
        for (int y = 0; y < grid.Size; y++)
        {
            for (int x = 0; x < grid.Size; x++)
            {
                float along = Vector2.Dot(grid.PositionOf(x, y), Direction) / corner;
                float light = 1f - Gradient * 0.5f * (along + 1f);
                int i = y * grid.Size + x;
                // Rounding may lift the transmittance of clear glass just above 1.
                planes[i] = Level.X * light * MathF.Min(planes[i], 1f);
                planes[i + area] = Level.Y * light * MathF.Min(planes[i + area], 1f);
                planes[i + 2 * area] = Level.Z * light * MathF.Min(planes[i + 2 * area], 1f);
            }
        }
    }
}
