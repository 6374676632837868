using System.Collections.ObjectModel;
using Lens2Logit.Augmentation;
using Lens2Logit.Networks;
using Lens2Logit.Stages;
using Microsoft.ML;

namespace Lens2Logit.MLNet.Training;

/// <summary>Options that all trainers share: what they train through, how long, how fast, and what they keep.</summary>
public abstract record TrainingOptions
{
    /// <summary>Name of the image column [C, H, W]. Default <c>Rgb</c>.</summary>
    public string FeatureColumnName { get; init; } = "Rgb";

    /// <summary>Name of the score column to create. Default <c>Score</c>.</summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>How often every row is seen, at least 1. Default 10.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Rows per step, at least 2: batch normalisation cannot do with one. Default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Adam's learning rate for the network, above 0. Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Adam's learning rate for the stages' parameters, at least 0. Default 1e-2.</summary>
    public double StageLearningRate { get; init; } = 1e-2;

    /// <summary>
    /// Learning rates of single stage parameters by their name (<c>gamma</c>) or their column and name (<c>Rgb.gamma</c>); 0 keeps a parameter
    /// as it is. Default none: what the stage itself proposes (<see cref="DifferentiableStage.LearningRates"/>), else <see cref="StageLearningRate"/>.
    /// </summary>
    public IReadOnlyDictionary<string, double> ParameterLearningRates { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>
    /// Weight in the loss of what the stages cost (<see cref="DifferentiableStage.Penalty"/>), such as the light of a measurement, at least 0.
    /// Default 0: what they use is free. The training loss that is reported includes it.
    /// </summary>
    public double StagePenaltyWeight { get; init; }

    /// <summary>How the rates change over the steps. Default cosine.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>Steps over which the rates rise from 0 at the start, at least 0. Default 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>
    /// Decoupled weight decay of the network's kernels and matrices, at least 0: each step takes this share of the learning rate off them. Biases,
    /// normalisation and the stages' parameters are not decayed. Default 0. Source: Loshchilov and Hutter, ICLR 2019 (AdamW).
    /// </summary>
    public double WeightDecay { get; init; }

    /// <summary>Largest ℓ2 norm of all gradients together, above 0; longer ones are shortened to it. Default null: no limit.</summary>
    public double? GradientClipNorm { get; init; }

    /// <summary>Whether the network keeps its weights and statistics; only the stages learn. Default false.</summary>
    public bool FreezeNetwork { get; init; }

    /// <summary>Whether the stages keep their weights and statistics; only the network learns. Default false.</summary>
    public bool FreezeStages { get; init; }

    /// <summary>
    /// Single parameters that stay as they are: of a stage (<c>gamma</c>, <c>Rgb.gamma</c>), of the network (<c>conv1.weight</c>), or all of a part of
    /// it (<c>layer1</c>), whose normalisation then keeps its statistics too. Default none.
    /// </summary>
    public IReadOnlyList<string> FrozenParameters { get; init; } = [];

    /// <summary>What is done at random to the views, between the last stage and the network; every image of every epoch by its own draw. Default null: nothing.</summary>
    public AugmentationStrength? Augmentation { get; init; }

    /// <summary>
    /// A fitted model to start from, by the same trainer, alone or in a chain: its network and stages give the initial weights. Architecture,
    /// outputs, and the columns, kinds and options of the stages must be the same. Default null: random network, stages as the pipeline made them.
    /// </summary>
    public ITransformer? InitialModel { get; init; }

    /// <summary>A file of weights for the network to start from. Default null. Not together with <see cref="InitialModel"/>.</summary>
    public PretrainedWeights? Weights { get; init; }

    /// <summary>Rows that the fitted model scores at once behind a cursor, at least 1. Default 32.</summary>
    public int ScoringBatchSize { get; init; } = 32;

    /// <summary>Data on which loss and metric are measured after every epoch, transformed like the training data. Default null.</summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>
    /// Share of the training rows to validate on instead, in [0, 1): drawn by the seed, alike from every class (or from empty and other masks).
    /// Default 0. Not together with <see cref="ValidationSet"/>.
    /// </summary>
    public double ValidationFraction { get; init; }

    /// <summary>When to stop before the last epoch; the model is then that of the best epoch. Needs validation rows. Default null: never.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Numbers with which the network computes. Default Float32.</summary>
    public TrainingPrecision Precision { get; init; }

    /// <summary>
    /// Whether the network computes with the channels of a pixel side by side in memory, [N, H, W, C], which suits the convolutions of most processors
    /// and GPUs better. On a CPU with vectors of 256 bits or more, the 3×3 convolutions of ResNet and U-Net++ are then computed by tiles, with a
    /// quarter of the multiplications. Results differ by rounding. Default false.
    /// </summary>
    public bool ChannelsLast { get; init; }

    /// <summary>
    /// File to which the training is saved after every epoch, replaced only when complete. Where it exists, Fit goes on from it and gives what an
    /// uninterrupted training gives, bit for bit on a CPU with as many threads; a finished one is not trained again. Default null: none.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>
    /// Whether the rows are read once and kept in memory, N·C·H·W·4 bytes. If not, the pipeline is read anew in every epoch, on a thread of its own,
    /// and memory holds a few batches; rows are then shuffled by their source if that can, and within eight batches in any case. Default true.
    /// </summary>
    public bool CacheRows { get; init; } = true;

    /// <summary>
    /// The stages to train through, from the source to the feature, for those who prefer to say it. Default null: found by the marks
    /// on the feature column.
    /// </summary>
    public IReadOnlyList<ExplicitStage>? Stages { get; init; }

    /// <summary>Whether it is an error, and not a warning, that no differentiable stage is in front of the trainer. Default false.</summary>
    public bool RequireDifferentiableStage { get; init; }

    /// <summary>Whether the caller knows that no differentiable stage is in front of the trainer, and wants no warning.</summary>
    internal bool ExpectNoStage { get; init; }

    /// <summary>Seed of initial weights, order and augmentation. Default null: that of the <see cref="MLContext"/>, or random.</summary>
    public int? Seed { get; init; }

    /// <summary>Receives the progress after every step, on the training thread. Default null.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// Folder that gets an event file for TensorBoard: loss, metric, gradient norm and rate per step, and per epoch the validation and the stages'
    /// parameters. Default null: none.
    /// </summary>
    public string? TensorBoardFolder { get; init; }

    /// <summary>Rows of which every stage's image and gradient are drawn after every epoch. Default null: none.</summary>
    public StageTracking? StageTracking { get; init; }

    /// <summary>
    /// Stops the training after the current step; Fit then returns the model so far. Before the first step there is none, and Fit throws
    /// <see cref="OperationCanceledException"/>. Default none.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal virtual void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(FeatureColumnName);
        ArgumentException.ThrowIfNullOrEmpty(ScoreColumnName);
        if (CheckpointPath is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(CheckpointPath);
        Check(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Check(BatchSize >= 2, nameof(BatchSize), BatchSize, "at least 2: batch normalisation cannot do with a single row");
        Check(ScoringBatchSize >= 1, nameof(ScoringBatchSize), ScoringBatchSize, "at least 1");
        Check(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
        Check(StageLearningRate >= 0 && double.IsFinite(StageLearningRate), nameof(StageLearningRate), StageLearningRate, "at least 0");
        Check(StagePenaltyWeight >= 0 && double.IsFinite(StagePenaltyWeight), nameof(StagePenaltyWeight), StagePenaltyWeight, "at least 0");
        Check(WarmupSteps >= 0, nameof(WarmupSteps), WarmupSteps, "at least 0");
        Check(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "at least 0");
        Check(GradientClipNorm is null or > 0, nameof(GradientClipNorm), GradientClipNorm ?? 0, "above 0");
        Check(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "at least 0 and below 1");
        Check(Enum.IsDefined(Schedule), nameof(Schedule), Schedule, string.Join(" or ", Enum.GetNames<LearningRateSchedule>()));
        Check(Enum.IsDefined(Precision), nameof(Precision), Precision, string.Join(" or ", Enum.GetNames<TrainingPrecision>()));
        Check(Augmentation is null || Enum.IsDefined(Augmentation.Value), nameof(Augmentation), Augmentation ?? 0, string.Join(" or ", Enum.GetNames<AugmentationStrength>()));
        ArgumentNullException.ThrowIfNull(ParameterLearningRates);
        ArgumentNullException.ThrowIfNull(FrozenParameters);
        foreach (var (name, rate) in ParameterLearningRates)
            Check(rate >= 0 && double.IsFinite(rate), $"{nameof(ParameterLearningRates)}[{name}]", rate, "at least 0");
        if (TensorBoardFolder is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(TensorBoardFolder);
        StageTracking?.Validate();
        Weights?.Validate();
        if (Weights is not null && InitialModel is not null)
            throw new ArgumentException($"{nameof(Weights)} and {nameof(InitialModel)} exclude each other; leave one out.", nameof(Weights));
        if (ValidationSet is not null && ValidationFraction > 0)
            throw new ArgumentException($"{nameof(ValidationSet)} and {nameof(ValidationFraction)} exclude each other; leave one out.", nameof(ValidationFraction));
        if (EarlyStopping is not { } stopping)
            return;
        Check(stopping.Patience >= 1, $"{nameof(EarlyStopping)}.{nameof(EarlyStopping.Patience)}", stopping.Patience, "at least 1");
        Check(stopping.MinimumImprovement >= 0, $"{nameof(EarlyStopping)}.{nameof(EarlyStopping.MinimumImprovement)}", stopping.MinimumImprovement, "at least 0");
        if (ValidationSet is null && ValidationFraction == 0)
            throw new ArgumentException($"{nameof(EarlyStopping)} needs rows to validate on: set {nameof(ValidationSet)} or {nameof(ValidationFraction)}.", nameof(EarlyStopping));
    }

    private protected static void Check(bool valid, string name, object value, string expected)
    {
        if (!valid)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected {expected}.");
    }
}
