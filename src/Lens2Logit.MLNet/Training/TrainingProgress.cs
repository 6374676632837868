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

    /// <summary>Mean cross entropy of the epoch so far, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>Share of the epoch's rows classified rightly so far, as the weights were at each step.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Whether this report closes the epoch.</summary>
    public required bool EndOfEpoch { get; init; }

    /// <summary>Share of the validation set classified rightly; at the end of an epoch if there is a validation set, else null.</summary>
    public double? ValidationAccuracy { get; init; }
}
