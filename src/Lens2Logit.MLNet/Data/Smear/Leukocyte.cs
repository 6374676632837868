using System.Numerics;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>
/// The white cell of an image. All types draw sizes and amounts of dye from the same distributions: they differ in the shape of
/// the nucleus and in whether the dye of granules comes in grains.
/// </summary>
internal sealed class Leukocyte
{
    // How far an irregular outline strays from the smooth one along each axis, in micrometres.
    private const float Irregularity = 0.35f;

    // Cytoplasm that surrounds the nucleus even where that bulges out of the round cell, in micrometres.
    private const float Rim = 0.4f;

    // Width over which the outline rounds into that bulge, in micrometres.
    private const float Fillet = 1.5f;

    // The stained edge of a cell or nucleus is not sharper than this, in micrometres.
    private const float EdgeWidth = 0.3f;

    // What follows balances types with and without coarse granules; shares are fractions of area.
    // Beside the nucleus the purple dye is spread evenly: patches of it would pass for lobes.
    private const float EvenPurpleShare = 0.13f;
    private const float PatchThreshold = 0.45f;
    private const float EosinPatchEdge = 0.6f;
    private const float PurplePatchEdge = 0.35f;

    // The blue of the cytoplasm above and below a nucleus.
    private const float AzureOverNucleus = 0.3f;

    private readonly NucleusShape _nucleus;
    private readonly Vector2 _nucleusCentre;
    private readonly float _radius;
    private readonly ValueNoise _strayX, _strayY, _chromatin, _eosinPatches, _purplePatches;
    private readonly float _azure, _eosin, _chromatinPurple, _chromatinContrast, _eosinLoad, _purpleLoad;

    public Leukocyte(LeukocyteType type, ref SmearRandom random)
    {
        Type = type;
        Centre = new(random.Between(-2.5f, 2.5f), random.Between(-2.5f, 2.5f));
        _radius = random.Between(5.9f, 6.9f);
        float nucleusRadius = random.Between(3.7f, 4.4f);
        float offset = random.NextSingle(), direction = random.Angle();
        _strayX = new(ref random, 2.4f);
        _strayY = new(ref random, 2.4f);
        _chromatin = new(ref random, 1.1f);
        _eosinPatches = new(ref random, 2.8f);
        _purplePatches = new(ref random, 2.8f);
        _azure = random.Between(0.20f, 0.50f);
        _eosin = random.Between(0.05f, 0.20f);
        _chromatinPurple = random.Between(1.3f, 1.9f);
        _chromatinContrast = random.Between(0.3f, 0.6f);
        _eosinLoad = random.Between(0.5f, 0.8f);
        _purpleLoad = random.Between(0.9f, 1.3f);

        // Last, because types draw different numbers of values for it.
        _nucleus = NucleusShape.Draw(type, MathF.PI * nucleusRadius * nucleusRadius, ref random);
        float slack = MathF.Max(_radius - _nucleus.Extent - Rim, 0f) * offset;
        _nucleusCentre = Centre + slack * new Vector2(MathF.Cos(direction), MathF.Sin(direction));
        ClearRadius = MathF.Max(_radius, _nucleus.Extent + slack + Rim);
        Reach = ClearRadius + Irregularity * MathF.Sqrt(2f) + Fillet / 4 + EdgeWidth / 2;
    }

    /// <summary>The type.</summary>
    public LeukocyteType Type { get; }

    /// <summary>Centre in micrometres from the middle of the image.</summary>
    public Vector2 Centre { get; }

    /// <summary>No part of the cell lies farther from its centre than this, in micrometres.</summary>
    public float Reach { get; }

    /// <summary>Radius of the cell before its outline strays, in micrometres: red cells keep clear of it.</summary>
    public float ClearRadius { get; }

    /// <summary>Signed distances, in micrometres, to the outlines of the cell and of its nucleus.</summary>
    public (float Cell, float Nucleus) DistancesTo(Vector2 point)
    {
        // Both outlines stray alike: the cell follows its nucleus.
        Vector2 strayed = point + 2 * Irregularity * new Vector2(_strayX.At(point) - 0.5f, _strayY.At(point) - 0.5f);
        float nucleus = _nucleus.DistanceTo(strayed - _nucleusCentre);
        float cell = SignedDistance.SmoothUnion(Vector2.Distance(strayed, Centre) - _radius, nucleus - Rim, Fillet);
        return (cell, nucleus);
    }

    /// <summary>Paints the cell over what lies there already.</summary>
    /// <param name="dyes">Amounts of eosin, azure and purple of one pixel; replaced where the cell covers it.</param>
    /// <param name="point">Position of the pixel.</param>
    /// <param name="pitch">Width of the pixel in micrometres.</param>
    /// <param name="granules">Fraction of the pixel that granules cover.</param>
    public Vector3 PaintOver(Vector3 dyes, Vector2 point, float pitch, float granules)
    {
        float edge = MathF.Max(1.5f * pitch, EdgeWidth);
        (float toOutline, float toNucleus) = DistancesTo(point);
        float covered = SignedDistance.Coverage(toOutline, edge);
        if (covered == 0f)
            return dyes;

        float nucleus = SignedDistance.Coverage(toNucleus, edge);
        float texture = 1f + _chromatinContrast * (2 * _chromatin.At(point) - 1f);
        float eosinShare = Type == LeukocyteType.Eosinophil ? granules : Patches(_eosinPatches, point, EosinPatchEdge);
        float purpleShare = Type == LeukocyteType.Basophil
            ? granules
            : float.Lerp(EvenPurpleShare, Patches(_purplePatches, point, PurplePatchEdge), nucleus);
        var cytoplasm = new Vector3(_eosin + _eosinLoad * eosinShare, _azure, 0);
        var chromatin = new Vector3(_eosin, AzureOverNucleus, _chromatinPurple * texture);
        Vector3 cell = Vector3.Lerp(cytoplasm, chromatin, nucleus) + new Vector3(0, 0, _purpleLoad * purpleShare);
        return Vector3.Lerp(dyes, cell, covered);
    }

    // Stands in for granules: about as much dye with a like spread of densities, but in patches without grain.
    private static float Patches(ValueNoise noise, Vector2 point, float edge) =>
        SignedDistance.Coverage(PatchThreshold - noise.At(point), edge);
}
