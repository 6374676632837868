namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>One level of a bright series after the analysis: a point of the photon transfer, SNR and linearity plots.</summary>
/// <param name="PhotonsPerPixel">Photons μp.</param>
/// <param name="SignalDn">μy − μy.dark in DN.</param>
/// <param name="SignalVarianceDn2">σy² − σy.dark² in DN²: on a line of slope K over the signal.</param>
/// <param name="Snr">Measured signal-to-noise ratio (μy − μy.dark)/σy.</param>
/// <param name="ModelSnr">The standard's model of it (chapter 2): η·μp/√(σd² + σq²/K² + η·μp), below saturation.</param>
/// <param name="LinearityDeviationPercent">Relative deviation δy from the fitted line in %; null outside the linearity range.</param>
public sealed record PhotonTransferPoint(
    double PhotonsPerPixel, double SignalDn, double SignalVarianceDn2, double Snr, double ModelSnr, double? LinearityDeviationPercent);
