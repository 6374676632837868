using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Microsoft.ML;

namespace Lens2Logit.MLNet.Drift;

/// <summary>What a trainer is to do.</summary>
/// <param name="LabelColumnName">The label, a key; or the masks [H, W] of 0 and 1.</param>
/// <param name="FeatureColumnName">The views, <c>Vector&lt;Single&gt;</c>[3, H, W] in [0, 1].</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Progress">Receives the progress.</param>
/// <param name="CancellationToken">Stops the training.</param>
public sealed record TrainerRequest(string LabelColumnName, string FeatureColumnName, int Seed, IProgress<TrainingProgress>? Progress, CancellationToken CancellationToken);

/// <summary>How task models are trained.</summary>
/// <param name="Description">Says everything that decides about the model; results of other descriptions are not mixed with these.</param>
/// <param name="Create">Makes the trainer: any of ML.NET's for multiclass classification that takes such features, or one for segmentation.</param>
public sealed record DriftTrainer(string Description, Func<MLContext, TrainerRequest, IEstimator<ITransformer>> Create)
{
    /// <summary>What its models do. Default classification.</summary>
    public DriftTask Task { get; init; }

    /// <summary>Trains a network with <c>RawImageClassification</c>.</summary>
    /// <param name="options">Options; columns, seed, progress and cancellation are set for each training. Null for 12 epochs of <see cref="Architecture.SmallCnn"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range, or of a single training: a checkpoint, an initial model, a validation set.</exception>
    public static DriftTrainer RawImageClassification(RawImageClassificationTrainer.Options? options = null)
    {
        options ??= new() { Architecture = Architecture.SmallCnn, Epochs = 12, LearningRate = 3e-3, WarmupSteps = 30 };
        RepeatedTraining.Validate(options);
        return new(Describe(options.Architecture, options),
            (ml, request) => ml.MulticlassClassification.Trainers.RawImageClassification(options with
            {
                LabelColumnName = request.LabelColumnName,
                FeatureColumnName = request.FeatureColumnName,
                Seed = request.Seed,
                ExpectNoStage = true,
                Progress = request.Progress,
                CancellationToken = request.CancellationToken,
            }));
    }

    /// <summary>Trains a network with <c>RawImageSegmentation</c>.</summary>
    /// <param name="options">Options; columns, seed, progress and cancellation are set for each training. Null for 12 epochs of <see cref="SegmentationArchitecture.SmallUnet"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range, or of a single training: a checkpoint, an initial model, a validation set.</exception>
    public static DriftTrainer RawImageSegmentation(RawImageSegmentationTrainer.Options? options = null)
    {
        options ??= new() { Architecture = SegmentationArchitecture.SmallUnet, Epochs = 12, BatchSize = 16 };
        RepeatedTraining.Validate(options);
        return new(Describe(options.Architecture, options),
            (ml, request) => ml.Segmentation().Trainers.RawImageSegmentation(options with
            {
                MaskColumnName = request.LabelColumnName,
                FeatureColumnName = request.FeatureColumnName,
                Seed = request.Seed,
                ExpectNoStage = true,
                Progress = request.Progress,
                CancellationToken = request.CancellationToken,
            }))
        { Task = DriftTask.Segmentation };
    }

    /// <summary>The options that are not as they come, by name.</summary>
    private static string Describe<TOptions>(string architecture, TOptions options)
        where TOptions : TrainingOptions, new() =>
        string.Join(", ", RepeatedTraining.Describe(options).Except(RepeatedTraining.Describe(new TOptions())).Select(option => $"{option.Key} {option.Value}").Prepend(architecture));
}
