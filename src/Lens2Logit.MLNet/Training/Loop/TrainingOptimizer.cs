using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>AdamW with a rate for every parameter, schedule and gradient clipping. Without weight decay it is Adam.</summary>
internal sealed class TrainingOptimizer : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly IReadOnlyList<TrainedParameter> _parameters;
    private readonly AdamW? _adam;
    private readonly double[] _initialRates;

    public TrainingOptimizer(TrainingOptions options, IReadOnlyList<TrainedParameter> parameters)
    {
        (_options, _parameters) = (options, parameters);
        var groups = parameters.GroupBy(p => (p.Rate, p.Decays)).ToList();
        _initialRates = [.. groups.Select(g => g.Key.Rate)];
        if (groups.Count > 0)
            _adam = optim.AdamW(groups.Select(g => new AdamW.ParamGroup(g.Select(p => p.Value), g.Key.Rate, weight_decay: g.Key.Decays ? options.WeightDecay : 0)));
    }

    /// <summary>Adam's moments and step counts under names that are unique.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() => States().SelectMany(s => new[]
    {
        ($"{s.Name}.exp_avg", s.State.exp_avg),
        ($"{s.Name}.exp_avg_sq", s.State.exp_avg_sq),
    });

    /// <summary>How many updates every parameter has had: as many as each other.</summary>
    public long Updates
    {
        get => States().Select(s => s.State.step).FirstOrDefault();
        set
        {
            foreach (var (_, state) in States())
                state.step = value;
        }
    }

    /// <summary>Back-propagates, clips and updates.</summary>
    /// <returns>Norm of the gradients before clipping; where it is not finite nothing was updated.</returns>
    public double Step(Tensor loss, double rateFactor, ComputeNetwork? network = null)
    {
        if (_adam is null)
            return 0;
        _adam.zero_grad();
        network?.ClearGradients();
        loss.backward();
        network?.TakeGradients();
        double norm = GradientNorm();
        if (!double.IsFinite(norm))
            return norm;
        if (_options.GradientClipNorm is { } limit && norm > limit)
        {
            foreach (var gradient in Gradients())
                gradient.mul_(limit / norm);
        }
        int index = 0;
        foreach (var group in _adam.ParamGroups)
            group.LearningRate = _initialRates[index++] * rateFactor;
        _adam.step();
        network?.Publish();
        return norm;
    }

    /// <summary>The first parameter, from the loss backwards, whose gradient is not finite; null if there is none.</summary>
    public string? FirstNonFiniteGradient()
    {
        using var scope = NewDisposeScope();
        return _parameters.Reverse().FirstOrDefault(p => p.Value.grad is { } gradient && !gradient.isfinite().all().ToBoolean())?.Name;
    }

    public void Dispose() => _adam?.Dispose();

    /// <summary>The factor of all learning rates at a step, counted from 0.</summary>
    public static double RateFactor(TrainingOptions options, int step, int steps)
    {
        if (step < options.WarmupSteps)
            return (step + 1.0) / options.WarmupSteps;
        double done = (double)step / steps;
        return options.Schedule switch
        {
            LearningRateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * done)),
            LearningRateSchedule.Linear => 1 - done,
            LearningRateSchedule.Step => done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01,
            _ => 1,
        };
    }

    private IEnumerable<(string Name, AdamW.State State)> States() => _adam is null
        ? []
        // Groups hold the parameters in another order than they were given in.
        : _parameters.GroupBy(p => (p.Rate, p.Decays)).SelectMany(g => g).Zip(_adam.state_dict().State, (p, state) => (p.Name, (AdamW.State)state));

    private IEnumerable<Tensor> Gradients() => _parameters.Select(p => p.Value.grad).OfType<Tensor>();

    private double GradientNorm()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var norms = Gradients().Select(g => g.norm()).ToArray();
        return norms.Length == 0 ? 0 : stack(norms).norm().ToDouble();
    }
}
