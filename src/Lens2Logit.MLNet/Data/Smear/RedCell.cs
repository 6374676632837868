using System.Numerics;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>A red cell: a disc thinner in its middle, which is why it looks pale there.</summary>
/// <param name="Centre">Centre in micrometres from the middle of the image.</param>
/// <param name="Radius">Mean radius in micrometres.</param>
/// <param name="Axis">Unit vector of the long axis.</param>
/// <param name="Stretch">Long axis relative to the mean radius; the short axis is its inverse.</param>
/// <param name="Pallor">0 for an evenly thick disc, 1 for the full biconcave profile.</param>
internal readonly record struct RedCell(Vector2 Centre, float Radius, Vector2 Axis, float Stretch, float Pallor)
{
    private const float MinRadius = 3.3f;
    private const float MaxRadius = 3.9f;

    // Relative thickness of a disc without pallor.
    private const float EvenThickness = 0.85f;

    // Greatest thickness of the profile below, in micrometres: relative thickness is what counts here.
    private const float GreatestThickness = 2.57f;

    /// <summary>Strews red cells over the field of view around a leukocyte; some touch or overlap one another.</summary>
    /// <param name="leukocyte">Centre of the leukocyte.</param>
    /// <param name="clearance">Radius around it that stays free.</param>
    /// <param name="fieldOfView">Edge of the square image in micrometres.</param>
    /// <param name="random">The stream of the image.</param>
    public static List<RedCell> Strew(Vector2 leukocyte, float clearance, float fieldOfView, ref SmearRandom random)
    {
        var cells = new List<RedCell>();
        // Cells whose centre lies outside still reach into the image.
        float half = fieldOfView / 2 + MaxRadius * 0.8f;
        int attempts = 12 + random.Below(60);
        // How much of the sum of two radii may overlap: thin areas of a smear have cells apart, thick ones pile them up.
        float overlap = random.Between(0f, 0.3f);
        for (int i = 0; i < attempts; i++)
        {
            var centre = new Vector2(random.Between(-half, half), random.Between(-half, half));
            float radius = random.Between(MinRadius, MaxRadius), angle = random.Angle();
            var cell = new RedCell(
                centre, radius, new(MathF.Cos(angle), MathF.Sin(angle)), random.Between(1f, 1.1f), random.Between(0.6f, 1f));
            bool free = Vector2.Distance(centre, leukocyte) > clearance + 0.95f * radius;
            for (int k = 0; free && k < cells.Count; k++)
                free = Vector2.Distance(centre, cells[k].Centre) > (1 - overlap) * (radius + cells[k].Radius);
            if (free)
                cells.Add(cell);
        }
        return cells;
    }

    /// <summary>Thickness at a point, relative to the greatest; 0 outside. Its edge is <paramref name="edge"/> micrometres wide.</summary>
    /// <remarks>The biconcave profile is that of Evans and Fung, Microvascular Research 4 (1972) 335.</remarks>
    public float ThicknessAt(Vector2 point, float edge)
    {
        Vector2 from = point - Centre;
        float along = Vector2.Dot(from, Axis) / Stretch, across = (from.X * Axis.Y - from.Y * Axis.X) * Stretch;
        float rho = MathF.Sqrt(along * along + across * across) / Radius;
        float coverage = SignedDistance.Coverage((rho - 1f) * Radius, edge);
        if (coverage == 0f)
            return 0f;
        float rho2 = MathF.Min(rho * rho, 1f);
        // The published profile ends in sqrt(1 − ρ²); a dried cell lies flat on the glass and keeps a blunt rim.
        float rim = MathF.Sqrt(MathF.Max(1f - rho2, 0.15f));
        float biconcave = (0.81f + (7.83f - 4.39f * rho2) * rho2) * rim / GreatestThickness;
        return coverage * float.Lerp(EvenThickness, biconcave, Pallor);
    }
}
