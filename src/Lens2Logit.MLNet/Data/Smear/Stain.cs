using System.Numerics;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>
/// How strongly a Romanowsky stain (Wright, Giemsa) absorbs in the three colour channels: the optical density, to base e, of one
/// unit of each of its dyes. The densities of several dyes add up (Beer–Lambert).
/// </summary>
/// <param name="Eosin">Pink to orange; haemoglobin and eosinophilic granules take it up.</param>
/// <param name="Azure">Blue; the ribosomes of the cytoplasm take it up.</param>
/// <param name="Purple">The violet complex of both that only chromatin and basophilic granules form (Romanowsky effect).</param>
internal readonly record struct Stain(Vector3 Eosin, Vector3 Azure, Vector3 Purple)
{
    private static readonly Vector3 NominalEosin = new(0.14f, 1.00f, 0.78f);
    private static readonly Vector3 NominalAzure = new(0.85f, 0.60f, 0.12f);
    private static readonly Vector3 NominalPurple = new(0.66f, 1.00f, 0.36f);

    /// <summary>
    /// The stain of one slide: each dye and each channel denser or thinner than nominal by up to <paramref name="variation"/>.
    /// </summary>
    public static Stain Draw(float variation, ref SmearRandom random)
    {
        var channels = new Vector3(Factor(ref random), Factor(ref random), Factor(ref random));
        return new(
            NominalEosin * channels * Factor(ref random),
            NominalAzure * channels * Factor(ref random),
            NominalPurple * channels * Factor(ref random));

        float Factor(ref SmearRandom stream) => 1f + stream.Between(-variation, variation);
    }

    /// <summary>Fraction of the light, per channel, that passes given amounts of eosin (X), azure (Y) and purple (Z).</summary>
    public Vector3 Transmittance(Vector3 dyes)
    {
        Vector3 density = dyes.X * Eosin + dyes.Y * Azure + dyes.Z * Purple;
        return new(MathF.Exp(-density.X), MathF.Exp(-density.Y), MathF.Exp(-density.Z));
    }
}
