using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>Steps of AdamW with a schedule and gradient clipping.</summary>
internal sealed class TrainingOptimizer(TrainingOptions options, IReadOnlyList<TrainedParameter> parameters) : IDisposable
{
    private readonly AdamW _adam = new(parameters, options.WeightDecay);

    /// <summary>Adam's moments under names that are unique.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() => _adam.State();

    /// <summary>How many updates every parameter has had: as many as each other.</summary>
    public long Updates
    {
        get => _adam.Steps;
        set => _adam.Steps = value;
    }

    /// <summary>Back-propagates, clips and updates.</summary>
    /// <returns>Norm of the gradients before clipping; where it is not finite nothing was updated.</returns>
    public double Step(Tensor loss, double rateFactor, ComputeNetwork? network = null)
    {
        if (parameters.Count == 0)
            return 0;
        _adam.ClearGradients();
        network?.ClearGradients();
        loss.backward();
        network?.TakeGradients();
        double norm = GradientNorm();
        if (!double.IsFinite(norm))
            return norm;
        if (options.GradientClipNorm is { } limit && norm > limit)
        {
            using Scalar factor = limit / norm;
            foreach (var gradient in Gradients())
                gradient.mul_(factor);
        }
        _adam.Step(rateFactor);
        network?.Publish();
        return norm;
    }

    /// <summary>The first parameter, from the loss backwards, whose gradient is not finite; null if there is none.</summary>
    public string? FirstNonFiniteGradient()
    {
        using var scope = NewDisposeScope();
        return parameters.Reverse().FirstOrDefault(p => p.Value.grad is { } gradient && !gradient.isfinite().all().ToBoolean())?.Name;
    }

    public void Dispose() => _adam.Dispose();

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

    private IEnumerable<Tensor> Gradients() => parameters.Select(p => p.Value.grad).OfType<Tensor>();

    private double GradientNorm()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var norms = Gradients().Select(g => g.norm()).ToArray();
        return norms.Length == 0 ? 0 : stack(norms).norm().ToDouble();
    }
}
