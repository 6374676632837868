namespace Lens2Logit.Demosaicing;

/// <summary>How the two colours that a Bayer pixel does not measure are estimated.</summary>
public enum DemosaicMethod
{
    /// <summary>Mean of the nearest neighbours of each colour. Short name <c>bi</c>.</summary>
    Bilinear,

    /// <summary>
    /// Linear 5×5 filters that add a gradient correction from the measured colour. Short name <c>ma</c>.
    /// Source: Malvar, He, Cutler, <i>High-quality linear interpolation for demosaicing of Bayer-patterned color images</i>, ICASSP 2004.
    /// </summary>
    Malvar2004,

    /// <summary>
    /// Directional filtering with an a posteriori decision between horizontal and vertical, and a refining step. Short name <c>me</c>.
    /// Source: Menon, Andriani, Calvagno, <i>Demosaicing with directional filtering and a posteriori decision</i>, IEEE TIP 2007.
    /// </summary>
    Menon2007,
}
