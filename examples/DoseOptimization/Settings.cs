namespace DoseOptimization;

/// <summary>What the command line says.</summary>
internal sealed record Settings
{
    /// <summary>A run of about a minute: fewer images, epochs and weights.</summary>
    public bool Quick { get; init; }

    public string Out { get; init; } = "out";

    /// <summary>Prices of light, in cross entropy (nats) for all of the light at the start. Default: those of the kind of run.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    public IReadOnlyList<double> Prices => Weights ?? (Quick ? [0.3, 30] : [0, 0.3, 3, 30]);

    public int Seed { get; init; } = 1;

    public int TrainImages => Quick ? 400 : 800;

    public int TestImages => Quick ? 200 : 400;

    /// <summary>Height and width in pixels.</summary>
    public int Size => 48;

    /// <summary>Training in good light, with the camera as it is.</summary>
    public int BaseEpochs => Quick ? 8 : 12;

    /// <summary>Learning camera, ISP and network with a price on light.</summary>
    public int DoseEpochs => Quick ? 8 : 12;

    /// <summary>EV a step; with fewer steps the way to little light is as long. The gain, in dB, is let go as fast: 6 dB are one EV.</summary>
    public double ExposureRate => Quick ? 0.2 : 0.05;
}
