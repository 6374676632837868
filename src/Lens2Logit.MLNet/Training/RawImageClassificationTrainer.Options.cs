using System.Collections.ObjectModel;
using Lens2Logit.Networks;

namespace Lens2Logit.MLNet.Training;

public sealed partial class RawImageClassificationTrainer
{
    /// <summary>Options of the trainer.</summary>
    public sealed record Options : TrainingOptions
    {
        /// <summary>Name of the label column, a key. Default <c>Label</c>.</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>Name of the predicted label column to create. Default <c>PredictedLabel</c>.</summary>
        public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

        /// <summary>The network: a name from <see cref="Networks.Architecture"/> or one registered with <see cref="NetworkRegistry"/>. Default ResNet18.</summary>
        public string Architecture { get; init; } = Networks.Architecture.ResNet18;

        /// <summary>Weights of single classes in the loss by their label, above 0; others have 1. Default none.</summary>
        public IReadOnlyDictionary<string, double> ClassWeights { get; init; } = ReadOnlyDictionary<string, double>.Empty;

        /// <summary>
        /// Whether every class has the same weight in the loss altogether, however few its rows: rows / (classes · rows of the class), times
        /// <see cref="ClassWeights"/>. Default false.
        /// </summary>
        public bool BalanceClasses { get; init; }

        internal override void Validate()
        {
            base.Validate();
            ArgumentException.ThrowIfNullOrEmpty(LabelColumnName);
            ArgumentException.ThrowIfNullOrEmpty(PredictedLabelColumnName);
            ArgumentNullException.ThrowIfNull(ClassWeights);
            foreach (var (name, weight) in ClassWeights)
                Check(weight > 0 && double.IsFinite(weight), $"{nameof(ClassWeights)}[{name}]", weight, "above 0");
            if (!NetworkRegistry.Names.Contains(Architecture))
                throw new ArgumentException($"There is no network '{Architecture}'; registered are {string.Join(", ", NetworkRegistry.Names)}.", nameof(Architecture));
        }
    }
}
