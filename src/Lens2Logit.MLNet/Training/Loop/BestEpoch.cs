using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>Keeps the state of the epoch whose validation loss is the lowest, and notices when there has been none better for long.</summary>
internal sealed class BestEpoch(EarlyStopping options, TrainedModules modules) : IDisposable
{
    private int _latest;

    /// <summary>The epoch with the lowest loss so far, from 1; 0 before the first.</summary>
    public int Epoch { get; private set; }

    /// <summary>The lowest loss so far.</summary>
    public double Loss { get; private set; } = double.PositiveInfinity;

    /// <summary>Whether patience is at its end.</summary>
    public bool IsOver => _latest - Epoch >= options.Patience;

    /// <summary>The state of that epoch.</summary>
    public ModulesSnapshot State { get; } = new(modules);

    public void Add(int epoch, double validationLoss)
    {
        _latest = epoch;
        // Not so for NaN: then the epoch is no better.
        if (!(validationLoss < Loss - options.MinimumImprovement))
            return;
        (Epoch, Loss) = (epoch, validationLoss);
        State.Take();
    }

    /// <summary>Goes on where another run of the same training stood; <see cref="State"/> is filled by the caller.</summary>
    public void Resume(int latest, int epoch, double loss) => (_latest, Epoch, Loss) = (latest, epoch, loss);

    /// <summary>Gives the modules the best state, if it is not theirs already.</summary>
    public void Restore(IChannel channel)
    {
        if (Epoch == 0 || Epoch == _latest)
            return;
        State.Restore();
        channel.Info(FormattableString.Invariant($"The model is that of epoch {Epoch}, whose validation loss {Loss:F4} is the lowest."));
    }

    public void Dispose() => State.Dispose();
}
