using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>
/// AdamW, with a rate for every parameter: Adam whose weight decay does not pass through its moments. Without decay it is Adam. Source: Loshchilov and
/// Hutter, <em>Decoupled Weight Decay Regularization</em>, ICLR 2019, algorithm 2; constants as in PyTorch.
/// </summary>
/// <remarks>
/// TorchSharp has it, but lets go of the numbers of a call before libtorch has read them: when the garbage collector runs in that moment, as it does sooner
/// or later on a busy machine, the step fails or takes another number. Here every number lives until its calls are done.
/// </remarks>
internal sealed class AdamW : IDisposable
{
    private const double FirstDecay = 0.9, SecondDecay = 0.999, Epsilon = 1e-8;

    private readonly IReadOnlyList<TrainedParameter> _parameters;
    private readonly Moments[] _moments;
    private readonly double _weightDecay;
    private bool _aligned;

    /// <param name="parameters">What is updated, at which rates.</param>
    /// <param name="weightDecay">Share of itself, times the rate, by which a parameter that decays shrinks in a step.</param>
    public AdamW(IReadOnlyList<TrainedParameter> parameters, double weightDecay = 0)
    {
        (_parameters, _weightDecay) = (parameters, weightDecay);
        using var scope = NewDisposeScope();
        _moments = [.. parameters.Select(p => new Moments(Zeros(p), Zeros(p)))];

        static Tensor Zeros(TrainedParameter parameter) => zeros_like(parameter.Value).DetachFromDisposeScope();
    }

    /// <summary>How many steps were taken.</summary>
    public long Steps { get; set; }

    /// <summary>The moments under the names that PyTorch gives them.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() => _parameters.Zip(_moments).SelectMany(p => new[]
    {
        ($"{p.First.Name}.exp_avg", p.Second.Mean),
        ($"{p.First.Name}.exp_avg_sq", p.Second.Square),
    });

    public void ClearGradients()
    {
        foreach (var parameter in _parameters)
            parameter.Value.grad = null;
    }

    /// <summary>Updates every parameter that has a gradient.</summary>
    /// <param name="rateFactor">Factor on all rates.</param>
    public void Step(double rateFactor)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        if (!_aligned)
            Align();
        Steps++;
        double firstCorrection = 1 - Math.Pow(FirstDecay, Steps), secondCorrection = 1 - Math.Pow(SecondDecay, Steps);
        var pass = new AdamWPass
        {
            KeepMean = (float)FirstDecay,
            AddMean = (float)(1 - FirstDecay),
            KeepSquare = (float)SecondDecay,
            AddSquare = (float)(1 - SecondDecay),
            Correction = (float)Math.Sqrt(secondCorrection),
            Epsilon = (float)Epsilon,
        };
        using Scalar keepMean = FirstDecay, addMean = 1 - FirstDecay, keepSquare = SecondDecay, addSquare = 1 - SecondDecay;
        using Scalar correction = Math.Sqrt(secondCorrection), epsilon = Epsilon;
        foreach (var (parameter, moments) in _parameters.Zip(_moments))
        {
            if (parameter.Value.grad is not { } gradient)
                continue;
            double rate = parameter.Rate * rateFactor;
            double keep = parameter.Decays ? 1 - rate * _weightDecay : 1;
            if (AdamWPass.Covers(parameter.Value, gradient, moments.Mean, moments.Square))
            {
                pass.Run(parameter.Value, gradient, moments.Mean, moments.Square, (float)keep, (float)(-rate / firstCorrection));
                continue;
            }
            if (keep < 1)
            {
                using Scalar shrink = keep;
                parameter.Value.mul_(shrink);
            }
            moments.Mean.mul_(keepMean).add_(gradient, addMean);
            moments.Square.mul_(keepSquare).addcmul_(gradient, gradient, addSquare);
            using Scalar step = -rate / firstCorrection;
            using var size = moments.Square.sqrt().div_(correction).add_(epsilon);
            parameter.Value.addcdiv_(moments.Mean, size, step);
        }
    }

    public void Dispose()
    {
        foreach (var (mean, square) in _moments)
        {
            mean.Dispose();
            square.Dispose();
        }
    }

    /// <summary>
    /// Gives the moments their parameters' memory format, which is only known when the network is ready to compute: torch is several times slower at
    /// combining tensors that differ in it.
    /// </summary>
    private void Align()
    {
        _aligned = true;
        for (int i = 0; i < _moments.Length; i++)
        {
            var parameter = _parameters[i].Value;
            if (_moments[i].Mean.stride().SequenceEqual(parameter.stride()))
                continue;
            var (mean, square) = _moments[i];
            _moments[i] = new(Aligned(mean), Aligned(square));
            mean.Dispose();
            square.Dispose();

            Tensor Aligned(Tensor moment) => empty_like(parameter).copy_(moment).DetachFromDisposeScope();
        }
    }

    private readonly record struct Moments(Tensor Mean, Tensor Square);
}
