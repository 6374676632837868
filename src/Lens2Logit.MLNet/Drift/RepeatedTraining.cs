using System.Globalization;
using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Training.Loop;

namespace Lens2Logit.MLNet.Drift;

/// <summary>What the options of a trainer mean where an application trains many models with them.</summary>
internal static class RepeatedTraining
{
    /// <exception cref="ArgumentException">An option is of a single training.</exception>
    public static void Validate(TrainingOptions options)
    {
        options.Validate();
        Refuse(options.CheckpointPath is not null, nameof(options.CheckpointPath), "every training would write this file; set ResultFolder, which keeps finished units of work");
        Refuse(options.InitialModel is not null, nameof(options.InitialModel), "results would not tell which model they began with; set Weights");
        Refuse(options.ValidationSet is not null, nameof(options.ValidationSet), "each training has images of its own");
    }

    /// <summary>Refuses what would end trainings that are compared with each other at different steps, or train them on different images.</summary>
    /// <exception cref="ArgumentException">An option is of a single training, or sets rows aside to stop by.</exception>
    public static void ValidateInFull(TrainingOptions options)
    {
        const string reason = "every training runs all of its epochs, and is scored on the test images after each";
        Refuse(options.EarlyStopping is not null, nameof(options.EarlyStopping), reason);
        Refuse(options.ValidationFraction > 0, nameof(options.ValidationFraction), reason);
        Validate(options);
    }

    /// <summary>Everything that decides about the model but for the architecture and the seed, as text by name. What is seldom set is there only where it is.</summary>
    public static SortedDictionary<string, string> Describe(TrainingOptions options)
    {
        var description = TrainingConfiguration.OptionsOf(options);
        if (options.ValidationFraction > 0)
            description[nameof(options.ValidationFraction)] = options.ValidationFraction.ToString(CultureInfo.InvariantCulture);
        if (options.Weights is { } weights)
            description[nameof(options.Weights)] = string.Join(" ", [weights.Source, weights.Sha256, weights.Part, .. weights.Except]);
        if (options is RawImageClassificationTrainer.Options { BalanceClasses: true } balanced)
            description[nameof(balanced.BalanceClasses)] = "True";
        if (options is RawImageClassificationTrainer.Options { ClassWeights.Count: > 0 } weighted)
            description[nameof(weighted.ClassWeights)] = string.Join(", ", weighted.ClassWeights.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Key}: {w.Value}")));
        if (options is RawImageSegmentationTrainer.Options { Threshold: not 0.5 } segmentation)
            description[nameof(segmentation.Threshold)] = segmentation.Threshold.ToString(CultureInfo.InvariantCulture);
        return description;
    }

    private static void Refuse(bool isSet, string option, string reason)
    {
        if (isSet)
            throw new ArgumentException($"{option} is set, but many models are trained with these options: {reason}. Leave it out.", option);
    }
}
