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
