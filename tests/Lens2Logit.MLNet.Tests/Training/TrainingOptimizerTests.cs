using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Training.Loop;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Training;

/// <summary>What a step does: rates, decay, the limit of the gradients, and gradients that are no number.</summary>
public class TrainingOptimizerTests
{
    [Test]
    public void Learning_rates_follow_their_schedule()
    {
        double[] Factors(LearningRateSchedule schedule, int warmup = 0) =>
            [.. Enumerable.Range(0, 8).Select(step => TrainingOptimizer.RateFactor(SmallData.Options with { Schedule = schedule, WarmupSteps = warmup }, step, 8))];
        Assert.That(Factors(LearningRateSchedule.Constant), Has.All.EqualTo(1));
        Assert.That(Factors(LearningRateSchedule.Linear), Is.EqualTo(new[] { 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125 }));
        Assert.That(Factors(LearningRateSchedule.Step), Is.EqualTo(new[] { 1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01 }));
        Assert.That(Factors(LearningRateSchedule.Cosine, warmup: 2)[..5], Is.EqualTo(new[] { 0.5, 1, 0.853553, 0.691342, 0.5 }).Within(1e-6));
    }

    [Test]
    public void Gradients_are_shortened_to_the_limit_together_and_only_matrices_decay()
    {
        using var scope = NewDisposeScope();
        var (matrix, bias) = (new Parameter(full([2, 2], 3.0f)), new Parameter(full([5], 4.0f)));
        var options = SmallData.Options with { GradientClipNorm = 0.5, WeightDecay = 0.1 };
        using (var optimizer = new TrainingOptimizer(options, [new("matrix", matrix, 0.01, Decays: true), new("bias", bias, 0.01, Decays: false)]))
        {
            // Nine gradients of 2: a norm of 6.
            Assert.That(optimizer.Step(2 * (matrix.sum() + bias.sum()), rateFactor: 1), Is.EqualTo(6).Within(1e-6));
            Assert.That(cat([matrix.grad!.flatten(), bias.grad!]).norm().ToDouble(), Is.EqualTo(0.5).Within(1e-6));
        }
        // Adam's first step is one rate long whatever the gradient; decay takes rate · 0.1 of the value besides.
        Assert.That(matrix[0, 0].ToDouble(), Is.EqualTo(3 - 0.01 - 0.01 * 0.1 * 3).Within(1e-5));
        Assert.That(bias[0].ToDouble(), Is.EqualTo(4 - 0.01).Within(1e-5));
    }

    [Test]
    public void Its_steps_are_those_of_torchsharp_but_for_the_rounding_of_roots([Values(7, 20_001)] int rows, [Values] bool channelsLast)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        // More than one thread's share, a number that no vector divides, and kernels whose channels lie side by side.
        long[] shape = channelsLast ? [rows, 3, 3, 1] : [rows, 9];
        Tensor weights = randn(shape, generator: generator), shift = randn(shape[1..], generator: generator), target = randn(shape, generator: generator);
        if (channelsLast)
            weights = weights.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        (Parameter Matrix, Parameter Bias) New() => (new(weights.clone()), new(shift.clone()));
        Tensor Loss((Parameter Matrix, Parameter Bias) of) => (of.Matrix * of.Bias - target).square().sum();
        var (ours, theirs) = (New(), New());
        using var optimizer = new TrainingOptimizer(SmallData.Options with { WeightDecay = 0.1 }, [new("matrix", ours.Matrix, 0.02, Decays: true), new("bias", ours.Bias, 0.01, Decays: false)]);
        using var reference = optim.AdamW(new TorchSharp.Modules.AdamW.ParamGroup[] { new([theirs.Matrix], 0.02, weight_decay: 0.1), new([theirs.Bias], 0.01, weight_decay: 0) });
        for (int step = 0; step < 5; step++)
        {
            optimizer.Step(Loss(ours), rateFactor: 1);
            reference.zero_grad();
            Loss(theirs).backward();
            reference.step();
        }
        Assert.That((theirs.Matrix - weights).abs().max().ToDouble(), Is.GreaterThan(0.05));
        Assert.That((ours.Matrix - theirs.Matrix).abs().max().ToDouble(), Is.InRange(0, 1e-6));
        Assert.That((ours.Bias - theirs.Bias).abs().max().ToDouble(), Is.InRange(0, 1e-6));
    }

    [Test]
    public void A_gradient_that_is_not_finite_changes_nothing_and_is_named()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (new Parameter(zeros(1)), new Parameter(ones(1)));
        using var optimizer = new TrainingOptimizer(SmallData.Options, [new("Rgb.gamma", first, 0.01, Decays: false), new("fc.bias", second, 0.01, Decays: false)]);
        Assert.That(optimizer.Step((first.sqrt() + second).sum(), rateFactor: 1), Is.EqualTo(double.PositiveInfinity));
        Assert.That(optimizer.FirstNonFiniteGradient(), Is.EqualTo("Rgb.gamma"));
        Assert.That((first.ToDouble(), second.ToDouble()), Is.EqualTo((0.0, 1.0)));
    }
}
