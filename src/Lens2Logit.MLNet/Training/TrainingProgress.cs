namespace Lens2Logit.MLNet.Training;

/// <summary>Where a training stands, reported after every step.</summary>
public sealed record TrainingProgress
{
    /// <summary>Current epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Number of epochs asked for.</summary>
    public required int Epochs { get; init; }

    /// <summary>Optimiser steps done since the start.</summary>
    public required int Step { get; init; }

    /// <summary>Steps that the whole training takes.</summary>
    public required int Steps { get; init; }

    /// <summary>Mean loss of the epoch so far: cross entropy in nats, or Dice loss.</summary>
    public required double Loss { get; init; }

    /// <summary>What <see cref="Metric"/> is: <c>accuracy</c> or <c>IoU</c>.</summary>
    public required string MetricName { get; init; }

    /// <summary>The metric over the epoch's rows so far, in [0, 1], as the weights were at each step.</summary>
    public required double Metric { get; init; }

    /// <summary>ℓ2 norm of all gradients of the step, before clipping; 0 if nothing is learnt.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>The network's learning rate in this step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Whether this report closes the epoch.</summary>
    public required bool EndOfEpoch { get; init; }

    /// <summary>Mean loss on the validation rows; at the end of an epoch if there are any, else null.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The metric on the validation rows; at the end of an epoch if there are any, else null.</summary>
    public double? ValidationMetric { get; init; }

    /// <summary>Share of the epoch's rows classified rightly so far; NaN where the metric is another one.</summary>
    public double Accuracy => MetricName == AccuracyName ? Metric : double.NaN;

    /// <summary>Share of the validation rows classified rightly; null before the end of an epoch and where the metric is another one.</summary>
    public double? ValidationAccuracy => MetricName == AccuracyName ? ValidationMetric : null;

    internal const string AccuracyName = "accuracy";
}
