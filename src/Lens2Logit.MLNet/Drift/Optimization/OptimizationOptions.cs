using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift.Units;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;

namespace Lens2Logit.MLNet.Drift.Optimization;

/// <summary>Options of an optimisation: from which light to which, with which ISP and network, and how often.</summary>
public sealed record OptimizationOptions : DriftOptions
{
    /// <summary>How scenes are photographed before the drift. Default the drone camera in full light.</summary>
    public Acquisition Before { get; init; } = new();

    /// <summary>How they are photographed after it. Default 1 % of that light.</summary>
    public Acquisition After { get; init; } = new() { Exposure = new() { Illumination = 0.01f } };

    /// <summary>The ISP; all arms have the same batch normalisation at its end, or none. Default that for the drone camera, without.</summary>
    public ParametrizedIspOptions Isp { get; init; } = new() { Camera = CameraParameters.RawDrone };

    /// <summary>How models are trained, before the drift and from scratch. Default 12 epochs of a small network; seed, columns and progress are set for each training. Without checkpoint, initial model, validation rows and early stopping.</summary>
    public RawImageClassificationTrainer.Options Training { get; init; } = new() { Architecture = Architecture.SmallCnn, Epochs = 12, LearningRate = 3e-3, WarmupSteps = 30 };

    /// <summary>Epochs of adapting a trained model, at least 1: short, as in the field. Default 5.</summary>
    public int AdaptationEpochs { get; init; } = 5;

    /// <summary>The network's learning rate while adapting, above 0. Default 1e-4.</summary>
    public double AdaptationLearningRate { get; init; } = 1e-4;

    /// <summary>Whether models are also trained from scratch in the light after the drift, which takes as long as all the rest. Default true.</summary>
    public bool FromScratch { get; init; } = true;

    /// <summary>
    /// Whether one more arm learns the acquisition with the ISP and the network: the camera's analogue gain and black level, while the light stays as
    /// low as the drift left it. Takes as long as the slowest other arm. Default false.
    /// </summary>
    public bool LearnAcquisition { get; init; }

    /// <summary>How often everything is repeated, with another split, initial network and order, at least 1; <see cref="DriftOptions.Seed"/> is the first. Each seed is a unit of work. Default 5.</summary>
    public int Seeds { get; init; } = 5;

    /// <summary>Test images; then the data is for training alone, and the same for all seeds. Default null: a random share of the data, another for each seed.</summary>
    public DriftData? TestData { get; init; }

    /// <summary>Share of the test images where <see cref="TestData"/> is null, in (0, 1). Default 0.2.</summary>
    public double TestShare { get; init; } = 0.2;

    /// <summary>The score whose first reaching is counted in steps, in [0, 1]. Default null: what the frozen ISP has at the end, seed by seed.</summary>
    public double? Level { get; init; }

    /// <summary>Images kept as examples, at least 0. Default 8.</summary>
    public int ExampleImages { get; init; } = 8;

    /// <summary>Light before over light after the drift: what an exposure compensation multiplies by.</summary>
    internal double Compensation => (double)Before.Exposure.Illumination / After.Exposure.Illumination;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Before);
        ArgumentNullException.ThrowIfNull(After);
        ArgumentNullException.ThrowIfNull(Isp);
        ArgumentNullException.ThrowIfNull(Training);
        Before.Validate();
        After.Validate();
        Isp.Validate();
        RepeatedTraining.ValidateInFull(Training);
        OptionGuard.Require(After.Exposure.Illumination > 0, nameof(After), After.Exposure.Illumination, "light above 0");
        OptionGuard.AtLeast(AdaptationEpochs, 1, nameof(AdaptationEpochs));
        OptionGuard.Require(AdaptationLearningRate > 0 && double.IsFinite(AdaptationLearningRate), nameof(AdaptationLearningRate), AdaptationLearningRate, "above 0");
        OptionGuard.AtLeast(Seeds, 1, nameof(Seeds));
        OptionGuard.Require(TestShare is > 0 and < 1, nameof(TestShare), TestShare, "between 0 and 1, both excluded");
        OptionGuard.Require(Level is null or (>= 0 and <= 1), nameof(Level), Level ?? 0, "0 to 1");
        OptionGuard.AtLeast(ExampleImages, 0, nameof(ExampleImages));
        ValidateUnits();
    }
}
