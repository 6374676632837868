using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Microsoft.ML;

namespace Lens2Logit.Tests.Drift;

public class DriftTrainerTests
{
    private static readonly RawImageClassificationTrainer.Options Plain = new() { Architecture = Architecture.SmallCnn };

    private static readonly RawImageClassificationTrainer.Options[] OfOtherModels =
    [
        Plain with { Epochs = 3 },
        Plain with { ValidationFraction = 0.2 },
        Plain with { BalanceClasses = true },
        Plain with { ClassWeights = new Dictionary<string, double> { ["Monocyte"] = 2 } },
        Plain with { Weights = new() { Source = "weights.safetensors" } },
        Plain with { Weights = new() { Source = "weights.safetensors", Except = ["classifier"] } },
    ];

    [Test]
    public void Descriptions_tell_trainers_of_different_models_apart() =>
        Assert.That(OfOtherModels.Append(Plain).Select(options => DriftTrainer.RawImageClassification(options).Description), Is.Unique);

    [Test]
    public void A_description_names_what_is_not_as_it_comes() =>
        Assert.That(DriftTrainer.RawImageClassification(Plain with { Epochs = 3, Seed = 4, BalanceClasses = true }).Description, Is.EqualTo("SmallCnn, BalanceClasses True, Epochs 3"));

    [Test]
    public void Options_of_a_single_training_are_refused()
    {
        var ml = SmallData.Context();
        Assert.That(() => DriftTrainer.RawImageClassification(Plain with { CheckpointPath = "training.checkpoint" }), Throws.ArgumentException.With.Message.Contains("CheckpointPath").And.Message.Contains("ResultFolder"));
        Assert.That(() => DriftTrainer.RawImageClassification(Plain with { InitialModel = TrainedModel.Model }), Throws.ArgumentException.With.Message.Contains("InitialModel"));
        Assert.That(() => DriftTrainer.RawImageSegmentation(new() { ValidationSet = SmallData.Masked(ml) }), Throws.ArgumentException.With.Message.Contains("ValidationSet"));
        foreach (var stopping in new[] { Plain with { ValidationFraction = 0.2 }, Plain with { ValidationFraction = 0.2, EarlyStopping = new() }, Plain with { CheckpointPath = "training.checkpoint" } })
            Assert.That(() => ml.Drift().Optimize(new(SmallData.Scenes(ml, 20)), new() { Training = stopping }), Throws.ArgumentException.With.Message.Contains("is set, but many models are trained with these options"));
    }
}
