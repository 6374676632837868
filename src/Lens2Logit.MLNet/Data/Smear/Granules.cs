using System.Numerics;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>Coarse granules of a leukocyte, as a plane of how much of each pixel they cover.</summary>
internal static class Granules
{
    private const float MinRadius = 0.40f;
    private const float MaxRadius = 0.62f;

    // Per square micrometre, before those outside the allowed area are dropped.
    private const float EosinophilDensity = 1.0f;
    private const float BasophilDensity = 0.55f;

    // The granules of a basophil are sparser beside its nucleus than over it: they dissolve in the water of the stain.
    private const float KeptBesideNucleus = 0.45f;

    /// <summary>Strews granules over a leukocyte: in its cytoplasm alone or, for a basophil, over its nucleus too.</summary>
    /// <param name="cell">The leukocyte.</param>
    /// <param name="grid">The pixels.</param>
    /// <param name="plane">Receives the fraction of each pixel that granules cover.</param>
    /// <param name="random">The stream of the granules.</param>
    public static void Strew(Leukocyte cell, SpecimenGrid grid, Span<float> plane, ref SmearRandom random)
    {
        plane.Clear();
        if (cell.Type is not (LeukocyteType.Eosinophil or LeukocyteType.Basophil))
            return;

        bool onNucleus = cell.Type == LeukocyteType.Basophil;
        float reach = cell.Reach;
        int attempts = (int)((onNucleus ? BasophilDensity : EosinophilDensity) * 4 * reach * reach);
        for (int i = 0; i < attempts; i++)
        {
            Vector2 centre = cell.Centre + new Vector2(random.Between(-reach, reach), random.Between(-reach, reach));
            float radius = random.Between(MinRadius, MaxRadius);
            bool kept = random.NextSingle() < KeptBesideNucleus;
            (float toOutline, float toNucleus) = cell.DistancesTo(centre);
            bool allowed = onNucleus ? toNucleus < 0 || kept : toNucleus > 0.3f * radius;
            if (allowed && toOutline < -0.8f * radius)
                Paint(centre, radius, grid, plane);
        }
    }

    private static void Paint(Vector2 centre, float radius, SpecimenGrid grid, Span<float> plane)
    {
        float edge = 1.5f * grid.Pitch;
        (int left, int top, int right, int bottom) = grid.PixelsAround(centre, radius + edge);
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                ref float covered = ref plane[y * grid.Size + x];
                float coverage = SignedDistance.Coverage(Vector2.Distance(grid.PositionOf(x, y), centre) - radius, edge);
                covered = MathF.Max(covered, coverage);
            }
        }
    }
}
