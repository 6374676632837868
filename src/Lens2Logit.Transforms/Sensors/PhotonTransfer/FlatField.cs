namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>
/// What a stack of frames of one flat field says: one level of a bright series, or one exposure time of a dark series. Usually made
/// by a <see cref="FlatFieldFrames"/>.
/// </summary>
/// <remarks>
/// Symbols and estimators of EMVA 1288 release 4.0 Linear, chapters 6 (temporal) and 8 (spatial). Variances are estimates without bias,
/// and may come out a little below 0 where there is nothing to be found. Immutable; equality is by value.
/// </remarks>
public sealed record FlatField
{
    /// <summary>Photons μp that hit a pixel during the exposure, at least 0; 0 is dark.</summary>
    public required double PhotonsPerPixel { get; init; }

    /// <summary>Exposure time t in s, at least 0.</summary>
    public required double ExposureTimeSeconds { get; init; }

    /// <summary>Rows M.</summary>
    public required int Height { get; init; }

    /// <summary>Columns N.</summary>
    public required int Width { get; init; }

    /// <summary>Frames L, at least 2.</summary>
    public required int Frames { get; init; }

    /// <summary>Mean μy over pixels and frames, in DN.</summary>
    public required double MeanDn { get; init; }

    /// <summary>
    /// Temporal variance σy² of a pixel, averaged over the pixels, in DN²; changes of the light from frame to frame excluded.
    /// </summary>
    public required double TemporalVarianceDn2 { get; init; }

    /// <summary>The part of <see cref="TemporalVarianceDn2"/> that whole rows share, in DN².</summary>
    public double TemporalRowVarianceDn2 { get; init; }

    /// <summary>Spatial variance s² in DN², without what is left of temporal noise in the average of the frames (σ²/L).</summary>
    public required double SpatialVarianceDn2 { get; init; }

    /// <summary>The part s²row of <see cref="SpatialVarianceDn2"/> that whole rows share, in DN².</summary>
    public double SpatialRowVarianceDn2 { get; init; }

    /// <summary>The part s²col of <see cref="SpatialVarianceDn2"/> that whole columns share, in DN².</summary>
    public double SpatialColumnVarianceDn2 { get; init; }

    /// <summary>The part s²pixel of <see cref="SpatialVarianceDn2"/> that neither rows nor columns share, in DN².</summary>
    public double SpatialPixelVarianceDn2 { get; init; }

    /// <summary>Share of the values that are 0 DN, 0 to 1: where the black level is too low, noise is cut off there.</summary>
    public double UnderflowShare { get; init; }

    /// <summary>
    /// Largest power of two that divides every value, in DN. Default 1, as it must be for an analysis; more means numbers of fewer bits
    /// that were shifted up in a larger container, as 12-bit data in 16 bits often are. 0 where values are not whole numbers, or all 0.
    /// </summary>
    public int StepDn { get; init; } = 1;
}
