using System.Collections.ObjectModel;
using Lens2Logit.Networks;
using Lens2Logit.Stages;
using Microsoft.ML;

namespace Lens2Logit.MLNet.Training;

public sealed partial class RawImageClassificationTrainer
{
    /// <summary>Options of the trainer.</summary>
    public sealed record Options
    {
        /// <summary>Name of the label column, a key. Default <c>Label</c>.</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>Name of the image column [C, H, W]. Default <c>Rgb</c>.</summary>
        public string FeatureColumnName { get; init; } = "Rgb";

        /// <summary>Name of the score column to create. Default <c>Score</c>.</summary>
        public string ScoreColumnName { get; init; } = "Score";

        /// <summary>Name of the predicted label column to create. Default <c>PredictedLabel</c>.</summary>
        public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

        /// <summary>The network: a name from <see cref="Networks.Architecture"/> or one registered with <see cref="NetworkRegistry"/>. Default ResNet18.</summary>
        public string Architecture { get; init; } = Networks.Architecture.ResNet18;

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

        /// <summary>How the rates change over the steps. Default cosine.</summary>
        public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

        /// <summary>Steps over which the rates rise from 0 at the start, at least 0. Default 0.</summary>
        public int WarmupSteps { get; init; }

        /// <summary>Whether the network keeps its weights and statistics; only the stages learn. Default false.</summary>
        public bool FreezeNetwork { get; init; }

        /// <summary>Whether the stages keep their weights and statistics; only the network learns. Default false.</summary>
        public bool FreezeStages { get; init; }

        /// <summary>
        /// A fitted model to start from, by this trainer, alone or in a chain: its network and stages give the initial weights. Architecture,
        /// classes, and the columns, kinds and options of the stages must be the same. Default null: random network, stages as the pipeline made them.
        /// </summary>
        public ITransformer? InitialModel { get; init; }

        /// <summary>Rows that the fitted model scores at once behind a cursor, at least 1. Default 32.</summary>
        public int ScoringBatchSize { get; init; } = 32;

        /// <summary>Data on which accuracy is measured after every epoch, transformed like the training data. Default null.</summary>
        public IDataView? ValidationSet { get; init; }

        /// <summary>
        /// The stages to train through, from the source to the feature, for those who prefer to say it. Default null: found by the marks
        /// on the feature column.
        /// </summary>
        public IReadOnlyList<ExplicitStage>? Stages { get; init; }

        /// <summary>Whether it is an error, and not a warning, that no differentiable stage is in front of the trainer. Default false.</summary>
        public bool RequireDifferentiableStage { get; init; }

        /// <summary>Whether the caller knows that no differentiable stage is in front of the trainer, and wants no warning.</summary>
        internal bool ExpectNoStage { get; init; }

        /// <summary>Seed of initial weights and order. Default null: that of the <see cref="MLContext"/>, or random.</summary>
        public int? Seed { get; init; }

        /// <summary>Receives the progress after every step, on the training thread. Default null.</summary>
        public IProgress<TrainingProgress>? Progress { get; init; }

        /// <summary>
        /// Stops the training after the current step; Fit then returns the model so far. While the data is still being read there is none, and Fit
        /// throws <see cref="OperationCanceledException"/>. Default none.
        /// </summary>
        public CancellationToken CancellationToken { get; init; }

        internal void Validate()
        {
            ArgumentException.ThrowIfNullOrEmpty(LabelColumnName);
            ArgumentException.ThrowIfNullOrEmpty(FeatureColumnName);
            ArgumentException.ThrowIfNullOrEmpty(ScoreColumnName);
            ArgumentException.ThrowIfNullOrEmpty(PredictedLabelColumnName);
            Check(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
            Check(BatchSize >= 2, nameof(BatchSize), BatchSize, "at least 2: batch normalisation cannot do with a single row");
            Check(ScoringBatchSize >= 1, nameof(ScoringBatchSize), ScoringBatchSize, "at least 1");
            Check(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
            Check(StageLearningRate >= 0 && double.IsFinite(StageLearningRate), nameof(StageLearningRate), StageLearningRate, "at least 0");
            Check(WarmupSteps >= 0, nameof(WarmupSteps), WarmupSteps, "at least 0");
            Check(Enum.IsDefined(Schedule), nameof(Schedule), Schedule, string.Join(" or ", Enum.GetNames<LearningRateSchedule>()));
            ArgumentNullException.ThrowIfNull(ParameterLearningRates);
            foreach (var (name, rate) in ParameterLearningRates)
                Check(rate >= 0 && double.IsFinite(rate), $"{nameof(ParameterLearningRates)}[{name}]", rate, "at least 0");
            if (!NetworkRegistry.Names.Contains(Architecture))
                throw new ArgumentException($"There is no network '{Architecture}'; registered are {string.Join(", ", NetworkRegistry.Names)}.", nameof(Architecture));

            static void Check(bool valid, string name, object value, string expected)
            {
                if (!valid)
                    throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected {expected}.");
            }
        }
    }
}
