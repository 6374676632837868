namespace DriftOptimization;

/// <summary>What the command line says.</summary>
internal sealed record Settings
{
    /// <summary>A run of under a minute: one seed, fewer images and epochs.</summary>
    public bool Quick { get; init; }

    /// <summary>Folder of labelled images, or null for the built-in smear.</summary>
    public string? Data { get; init; }

    public string Out { get; init; } = "out";

    public int Seeds { get; init; } = 3;

    /// <summary>Height and width in pixels.</summary>
    public int Size { get; init; } = 64;

    public string Architecture { get; init; } = Lens2Logit.Networks.Architecture.SmallCnn;

    public int TrainImages => Quick ? 600 : 1000;

    public int TestImages => Quick ? 200 : 400;

    /// <summary>Training in good light: long enough to converge.</summary>
    public int BaseEpochs => Quick ? 10 : 12;

    public double BaseLearningRate => Architecture == Lens2Logit.Networks.Architecture.ResNet18 ? 1e-3 : 3e-3;

    /// <summary>Adapting after the drop: short, as in the field. With more epochs the frozen ISP catches up.</summary>
    public int AdaptationEpochs => 5;

    public double AdaptationLearningRate => 1e-4;

    public float GoodLight => 1;

    public float LowLight => 0.01f;
}
