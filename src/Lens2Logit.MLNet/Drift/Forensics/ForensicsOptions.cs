using System.Collections.ObjectModel;
using Lens2Logit.MLNet.Drift.Units;
using Microsoft.ML;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>Options of an investigation: which parameters to search, how far the views may change, and what else to measure.</summary>
public sealed record ForensicsOptions : DriftOptions
{
    /// <summary>What keeps the views alike. Default 1 − structural similarity.</summary>
    public ViewPenalty Penalty { get; init; } = ViewPenalty.StructuralSimilarity;

    /// <summary>
    /// The weights λ of the penalty, each at least 0; one search for each. Default null: 30, 10, 3, 1 and 0.3 for structural similarity,
    /// 1e-2, 1e-3, 1e-4, 1e-5 and 1e-6 (the paper's) for the squared distance.
    /// </summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>
    /// Sets of parameters that are searched together, by name (<c>gamma</c>) or column and name (<c>Rgb.gamma</c>). Default null: all together,
    /// and each one alone.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>>? ParameterSets { get; init; }

    /// <summary>Adam's learning rate, above 0. Default 3e-3.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Learning rates of single parameters, by name or column and name, above 0. Default none.</summary>
    public IReadOnlyDictionary<string, double> ParameterLearningRates { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>How often a search sees every image, at least 1. Default 4.</summary>
    public int Epochs { get; init; } = 4;

    /// <summary>Images of a step, at least 1. Default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Steps between two looks at the score, at least 1; the best of them is what a search returns. Default 4.</summary>
    public int StepsBetweenLooks { get; init; } = 4;

    /// <summary>Images that are searched on, at most; at random from the data. At least 1. Default 500.</summary>
    public int SearchImages { get; init; } = 500;

    /// <summary>
    /// Images on which scores are reported, which the search does not see; transformed by the model like the data. Default null: half of the
    /// data is kept for that.
    /// </summary>
    public IDataView? EvaluationData { get; init; }

    /// <summary>Images that scores are measured on, at most; at random from the evaluation data. At least 1. Default 400.</summary>
    public int EvaluationImages { get; init; } = 400;

    /// <summary>Mean structural similarity from which two views count as nearly the same, in [0, 1]. Default 0.9.</summary>
    public double MinimumSimilarity { get; init; } = 0.9;

    /// <summary>Random changes of equal norm that each finding is compared with, at least 1. Default 5.</summary>
    public int RandomControls { get; init; } = 5;

    /// <summary>Images kept as examples, at least 0. Default 6.</summary>
    public int ExampleImages { get; init; } = 6;

    /// <summary>Points of each sensitivity curve, at least 3, or 0 for none. Default 15.</summary>
    public int SensitivityPoints { get; init; } = 15;

    /// <summary>What the tolerance specification must promise; null for none. Default: at most five points of accuracy lost.</summary>
    public ToleranceOptions? Tolerance { get; init; } = new();

    /// <summary>Name of the label column: text, or a key. Default <c>Label</c>.</summary>
    public string LabelColumnName { get; init; } = "Label";

    internal IReadOnlyList<double> EffectiveWeights => Weights ?? (Penalty == ViewPenalty.StructuralSimilarity ? [30, 10, 3, 1, 0.3] : [1e-2, 1e-3, 1e-4, 1e-5, 1e-6]);

    internal void Validate()
    {
        OptionGuard.Require(Enum.IsDefined(Penalty), nameof(Penalty), Penalty, string.Join(" or ", Enum.GetNames<ViewPenalty>()));
        OptionGuard.Require(EffectiveWeights.Count > 0, nameof(Weights), 0, "at least one weight");
        foreach (double weight in EffectiveWeights)
            OptionGuard.Require(weight >= 0 && double.IsFinite(weight), nameof(Weights), weight, "finite weights of at least 0");
        OptionGuard.Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
        foreach (var (name, rate) in ParameterLearningRates)
            OptionGuard.Require(rate > 0 && double.IsFinite(rate), $"{nameof(ParameterLearningRates)}[{name}]", rate, "above 0");
        OptionGuard.AtLeast(Epochs, 1, nameof(Epochs));
        OptionGuard.AtLeast(BatchSize, 1, nameof(BatchSize));
        OptionGuard.AtLeast(StepsBetweenLooks, 1, nameof(StepsBetweenLooks));
        OptionGuard.AtLeast(SearchImages, 1, nameof(SearchImages));
        OptionGuard.AtLeast(EvaluationImages, 1, nameof(EvaluationImages));
        OptionGuard.Require(MinimumSimilarity is >= 0 and <= 1, nameof(MinimumSimilarity), MinimumSimilarity, "0 to 1");
        OptionGuard.AtLeast(RandomControls, 1, nameof(RandomControls));
        OptionGuard.AtLeast(ExampleImages, 0, nameof(ExampleImages));
        OptionGuard.Require(SensitivityPoints is 0 or >= 3, nameof(SensitivityPoints), SensitivityPoints, "0, or at least 3");
        ArgumentException.ThrowIfNullOrEmpty(LabelColumnName);
        Tolerance?.Validate();
        ValidateUnits();
    }
}
