using Lens2Logit.Augmentation;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Stages;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Training;

/// <summary>What the loop does beside taking steps: validation, early stopping, freezing, augmentation, repeatability, divergence.</summary>
public class TrainingLoopTests
{
    private readonly MLContext _ml = SmallData.Context();
    private IDataView _data = null!;

    [OneTimeSetUp]
    public void Load() => _data = _ml.Data.Cache(SmallData.Scenes(_ml));

    [Test]
    public void Early_stopping_ends_the_training_and_returns_the_best_epoch()
    {
        var reports = new Reports();
        var options = SmallData.Options with
        {
            Epochs = 40,
            LearningRate = 0.05,
            Schedule = LearningRateSchedule.Constant,
            ValidationFraction = 0.25,
            EarlyStopping = new() { Patience = 2 },
            Progress = reports,
        };
        using var stopped = SmallData.Fit(_ml, _data, options);
        var losses = reports.All.Where(r => r.EndOfEpoch).Select(r => r.ValidationLoss!.Value).ToArray();
        int best = Array.IndexOf(losses, losses.Min()) + 1;
        Assert.That(losses, Has.Length.EqualTo(best + 2).And.Length.LessThan(40));
        using var asLong = SmallData.Fit(_ml, _data, options with { Epochs = best, EarlyStopping = null, Progress = null });
        Assert.That(SmallData.Scores(stopped, _data), Is.EqualTo(SmallData.Scores(asLong, _data)));
    }

    [Test]
    public void A_validation_fraction_takes_as_many_rows_of_every_class_and_trains_on_the_others()
    {
        var reports = new Reports();
        using var model = SmallData.Fit(_ml, _data, SmallData.Options with { Progress = reports, ValidationFraction = 0.25, BatchSize = 6 });
        Assert.That(reports.All, Has.Count.EqualTo(2 * 5), "30 of 40 rows are trained on");
        // Ten rows: accuracies are tenths.
        Assert.That(reports.All[^1].ValidationAccuracy!.Value * 10 % 1, Is.Zero);
        Assert.That(() => SmallData.Fit(_ml, _data, SmallData.Options with { ValidationFraction = 0.01 }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("ValidationFraction of 0.01 leaves 40 of 40"));
    }

    [Test]
    public void Rows_read_anew_in_every_epoch_train_as_repeatably_as_rows_in_memory()
    {
        var options = SmallData.Options with { CacheRows = false, Augmentation = AugmentationStrength.Strong, ValidationFraction = 0.2 };
        using var first = SmallData.Fit(_ml, _data, options);
        using var second = SmallData.Fit(_ml, _data, options);
        Assert.That(Weights(second), Is.EqualTo(Weights(first)));
    }

    [Test]
    public void Augmentation_changes_what_is_learnt_and_is_repeatable([Values] AugmentationStrength strength)
    {
        using var plain = SmallData.Fit(_ml, _data);
        var options = SmallData.Options with { Augmentation = strength };
        using var first = SmallData.Fit(_ml, _data, options);
        using var second = SmallData.Fit(_ml, _data, options);
        Assert.That(Weights(first), Is.Not.EqualTo(Weights(plain)));
        Assert.That(Weights(second), Is.EqualTo(Weights(first)));
    }

    [Test]
    public void Frozen_parts_of_the_network_keep_weights_and_statistics_and_the_rest_learns()
    {
        using var before = SmallData.Fit(_ml, _data);
        using var after = SmallData.Fit(_ml, _data, SmallData.Options with { InitialModel = before, FrozenParameters = ["features.conv16", "features.norm16", "Rgb.gamma", "sharpening"] });
        var changed = Changed(before.LastTransformer.Network, after.LastTransformer.Network);
        Assert.That(changed, Has.None.Contains("16"));
        Assert.That(changed, Does.Contain("features.conv32.weight").And.Contain("features.norm32.running_mean").And.Contain("classifier.bias"));
        Assert.That(Changed(before.GetStage<ParametrizedIsp>("Rgb"), after.GetStage<ParametrizedIsp>("Rgb")),
            Has.None.EqualTo("gamma").And.None.EqualTo("sharpening").And.Some.EqualTo("blur"));
        Assert.That(() => SmallData.Fit(_ml, _data, SmallData.Options with { FrozenParameters = ["features.conv1"] }),
            Throws.ArgumentException.With.Message.Contains("FrozenParameters names 'features.conv1'").And.Message.Contains("features.conv16.weight").And.Message.Contains("Rgb.gamma"));
    }

    [Test]
    public void A_loss_that_is_no_number_ends_with_the_last_good_epoch_and_names_step_and_stage()
    {
        var errors = new List<string>();
        var ml = SmallData.Context();
        ml.Log += (_, e) =>
        {
            if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Error)
                errors.Add(e.RawMessage);
        };
        // Forty rows in batches of eight: five steps an epoch.
        using var broken = Fit(failingAfter: 7);
        using var good = Fit(failingAfter: int.MaxValue, epochs: 1);
        Assert.That(errors, Has.One.Contains("at step 8 (epoch 2)").And.One.Contains("stage 'failing' (column 'View')").And.One.Contains("the model is that of epoch 1"));
        Assert.That(SmallData.Scores(broken, _data), Is.EqualTo(SmallData.Scores(good, _data)));
        Assert.That(() => Fit(failingAfter: 2), Throws.InvalidOperationException.With.Message.Contains("at step 3 (epoch 1)").And.Message.Contains("stage 'failing' (column 'View')").And.Message.Contains("LearningRate"));

        TransformerChain<RawImageClassificationTransformer> Fit(int failingAfter, int epochs = 3) => SmallData.Camera(ml).Append(ml.Transforms.CopyColumns("View", "Rgb"))
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with
            {
                FeatureColumnName = "View",
                Epochs = epochs,
                Schedule = LearningRateSchedule.Constant,
                Stages = [new("Raw", "Rgb", () => new ParametrizedIsp()), new("Rgb", "View", () => new FailingStage(failingAfter))],
            })).Fit(_data);
    }

    [Test]
    public void Classes_without_a_row_in_a_set_are_named()
    {
        var warnings = new List<string>();
        var ml = SmallData.Context();
        ml.Log += (_, e) => warnings.Add(e.RawMessage);
        // Every run of five images shows every class once.
        var view = SmallData.Camera(ml).Fit(_data).Transform(_data);
        using var model = ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { Epochs = 1, ValidationSet = ml.Data.TakeRows(view, 4) }).Fit(ml.Data.TakeRows(view, 8));
        var fifth = model.ClassNames[4];
        Assert.That(warnings, Has.One.EqualTo($"No validation row is of class '{fifth}'."));
        Assert.That(warnings, Has.None.Contains("No training row"));
        using var few = ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { Epochs = 1 }).Fit(ml.Data.TakeRows(view, 4));
        Assert.That(warnings, Has.One.EqualTo($"No training row is of class '{fifth}': the model cannot learn to predict it."));
    }

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
        var (matrix, bias) = (new TorchSharp.Modules.Parameter(full([2, 2], 3.0f)), new TorchSharp.Modules.Parameter(full([5], 4.0f)));
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
    public void A_gradient_that_is_not_finite_changes_nothing_and_is_named()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (new TorchSharp.Modules.Parameter(zeros(1)), new TorchSharp.Modules.Parameter(ones(1)));
        using var optimizer = new TrainingOptimizer(SmallData.Options, [new("Rgb.gamma", first, 0.01, Decays: false), new("fc.bias", second, 0.01, Decays: false)]);
        Assert.That(optimizer.Step((first.sqrt() + second).sum(), rateFactor: 1), Is.EqualTo(double.PositiveInfinity));
        Assert.That(optimizer.FirstNonFiniteGradient(), Is.EqualTo("Rgb.gamma"));
        Assert.That((first.ToDouble(), second.ToDouble()), Is.EqualTo((0.0, 1.0)));
    }

    [Test]
    public void Classes_weigh_as_asked_or_alike_altogether()
    {
        using var scope = NewDisposeScope();
        var labels = new MLNet.Interop.ClassLabels("String", ["a", "b", "c"], HasValues: true);
        Assert.That(Weights(SmallData.Options with { BalanceClasses = true }), Is.EqualTo(new[] { 4f / 6, 4f / 2, 2 }).Within(1e-6));
        Assert.That(Weights(SmallData.Options with { ClassWeights = new Dictionary<string, double> { ["b"] = 3 } }), Is.EqualTo(new[] { 1f, 3, 1 }));
        Assert.That(() => Weights(SmallData.Options with { ClassWeights = new Dictionary<string, double> { ["d"] = 3 } }), Throws.ArgumentException.With.Message.Contains("'d'").And.Message.Contains("a, b, c"));
        var loss = new ClassificationTask(tensor([1f, 3, 1])).Loss(tensor(new float[,] { { 0, 0, 0 }, { 0, 1, 0 } }), tensor([0f, 1]));
        double second = Math.Log(2 + Math.E) - 1;
        Assert.That(loss.ToDouble(), Is.EqualTo((Math.Log(3) + 3 * second) / 4).Within(1e-6));

        // Three rows of "a", one of "b".
        float[] Weights(RawImageClassificationTrainer.Options options) => ClassWeighting.Of(options, labels, [0, 0, 1, 0], CPU)!.data<float>().ToArray();
    }

    [Test]
    public void Batches_are_read_ahead_but_never_more_than_three()
    {
        int read = 0;
        IEnumerable<TrainingRow> Rows()
        {
            for (int i = 0; i < 100; i++)
            {
                Interlocked.Increment(ref read);
                yield return new([i, -i], [i], (ulong)i);
            }
        }
        long before = LiveTensors.Count();
        using (var reader = new BatchReader([1, 2], [], 10, CPU))
        {
            int batches = 0;
            foreach (var batch in reader.Read(Rows(), [.. Enumerable.Repeat(10, 10)]))
            {
                Assert.That(SpinWait.SpinUntil(() => Volatile.Read(ref read) >= Math.Min(10 * (batches + 3), 100), 5000), "reads ahead");
                Assert.That(Volatile.Read(ref read), Is.LessThanOrEqualTo(10 * (batches + 3)));
                using var scope = NewDisposeScope();
                var (images, targets) = batch.ToDevice();
                Assert.That(images.shape, Is.EqualTo(new long[] { 10, 1, 2 }));
                Assert.That(targets.data<float>().ToArray(), Is.EqualTo(Enumerable.Range(10 * batches, 10)));
                Assert.That(batch.Keys.ToArray(), Is.EqualTo(Enumerable.Range(10 * batches, 10)));
                batches++;
            }
            Assert.That(batches, Is.EqualTo(10));
        }
        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }

    [Test]
    public void What_fails_while_reading_ahead_is_thrown_where_the_batches_are_taken()
    {
        static IEnumerable<TrainingRow> Rows()
        {
            yield return new([1], [1], 1);
            throw new InvalidDataException("Row 1 is broken.");
        }
        using var reader = new BatchReader([1], [], 1, CPU);
        Assert.That(() => reader.Read(Rows(), [1, 1]).Count(), Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo("Row 1 is broken."));
        Assert.That(() => reader.Read(Rows(), [1, 1]).First().Count, Is.EqualTo(1), "and who stops before is not bothered");
    }

    [Test]
    public void A_pool_shuffles_a_stream_without_losing_or_doubling_anything()
    {
        var shuffled = ShufflePool.Shuffle(Enumerable.Range(0, 1000), 64, seed: 1).ToList();
        Assert.That(shuffled, Is.EquivalentTo(Enumerable.Range(0, 1000)).And.Not.Ordered);
        Assert.That(ShufflePool.Shuffle(Enumerable.Range(0, 1000), 64, seed: 1), Is.EqualTo(shuffled));
        Assert.That(shuffled.Select((value, index) => value - index).Max(), Is.LessThanOrEqualTo(64), "an item comes at most a pool too early");
    }

    private static string[] Changed(nn.Module before, nn.Module after)
    {
        var state = after.state_dict();
        return [.. before.state_dict().Where(entry => entry.Value.ne(state[entry.Key]).any().ToBoolean()).Select(entry => entry.Key)];
    }

    private static float[] Weights(TransformerChain<RawImageClassificationTransformer> model) =>
        [.. model.LastTransformer.Network.parameters().Concat(model.GetStage<ParametrizedIsp>("Rgb").parameters()).SelectMany(p => p.detach().contiguous().data<float>().ToArray())];

    /// <summary>Multiplies by one, and after some batches in training by a number that is none.</summary>
    private sealed class FailingStage(int after) : DifferentiableStage("failing")
    {
        private int _batches;

        public override string OptionsToJson() => "{}";

        public override int[] OutputShape(ReadOnlySpan<int> inputShape) => inputShape.ToArray();

        public override Tensor forward(Tensor input) => training && ++_batches > after ? input * double.NaN : input * 1;
    }
}
