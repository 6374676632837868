using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Drift.TestCases;
using Lens2Logit.Sensors;
using Microsoft.ML;

namespace Lens2Logit.Tests.Drift;

public class TestCasesTests
{
    private static readonly MLContext Ml = SmallData.Context();
    private static readonly Lazy<(ITransformer Model, DriftData Data)> Trained = new(() =>
    {
        var data = Ml.Data.Cache(SmallData.Scenes(Ml, 60));
        return (SmallData.Fit(Ml, data, SmallData.Options with { Epochs = 6, LearningRate = 3e-3, FreezeStages = true }), new(data));
    });

    [Test]
    public void There_are_cases_of_every_kind_with_names_of_their_own()
    {
        var names = Ml.Drift().TestCases().Select(c => c.Name).ToList();
        Assert.That(names, Is.Unique);
        Assert.That(names, Is.SupersetOf(new[] { "nominal", "isp me,u,me", "light 0.05", "sensor Imx477", "blur σ 1 px", "diffraction f/16", "read noise ×10", "shot_noise 3 Gentle" }));
        Assert.That(Ml.Drift().TestCases().First().ToString(), Is.EqualTo("nominal"));
    }

    [Test]
    public void Every_default_case_can_be_scored()
    {
        foreach (var drift in Ml.Drift().TestCases())
            Assert.That(drift.Score(Trained.Value.Model, Trained.Value.Data), Is.InRange(0, 1), drift.Name);
    }

    [Test]
    public void A_case_gives_the_same_score_again_and_after_JSON()
    {
        var drift = Ml.Drift().TestCases().Single(c => c.Name == "read noise ×10");
        double score = drift.Score(Trained.Value.Model, Trained.Value.Data);
        var again = new DriftTestCase(DriftCondition.FromJson(drift.Condition.ToJson()), drift.Seed);
        Assert.That(again.Score(Trained.Value.Model, Trained.Value.Data), Is.EqualTo(score));
    }

    [Test]
    public void The_nominal_case_is_the_models_own_pipeline()
    {
        var (model, data) = Trained.Value;
        var raw = Ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, rowKeyColumnName: "Name", frameSeed: 1).Append(Ml.Transforms.Conversion.MapValueToKey("Label")).Fit(data.View).Transform(data.View);
        var classifier = ((Microsoft.ML.Data.TransformerChain<MLNet.Training.RawImageClassificationTransformer>)model).LastTransformer;
        double expected = Ml.MulticlassClassification.Evaluate(classifier.Transform(raw)).MicroAccuracy;
        Assert.That(Ml.Drift().TestCases().First().Score(model, data), Is.EqualTo(expected).Within(1.0 / 60));
    }

    [Test]
    public void The_model_can_be_used_afterwards()
    {
        var (model, data) = Trained.Value;
        Ml.Drift().TestCases().First().Score(model, data);
        Assert.That(SmallData.Scores(model, data.View), Has.Length.EqualTo(60));
    }

    [Test]
    public void A_broken_bound_names_case_score_bound_and_how_to_reproduce_it()
    {
        var drift = Ml.Drift().TestCases().Single(c => c.Name == "light 0.01");
        double score = drift.Score(Trained.Value.Model, Trained.Value.Data);
        Assert.That(drift.Require(Trained.Value.Model, Trained.Value.Data, atLeast: score), Is.EqualTo(score));
        var failure = Assert.Throws<DriftBoundException>(() => drift.Require(Trained.Value.Model, Trained.Value.Data, atLeast: score + 0.01))!;
        Assert.That(failure.Message, Does.Contain("'light 0.01'").And.Contain(FormattableString.Invariant($"{score:F4}")).And.Contain(FormattableString.Invariant($"{score + 0.01:F4}"))
            .And.Contain("DriftCondition.FromJson").And.Contain("Seed: 1"));
    }

    [Test]
    public void A_model_of_another_trainer_scores_views_in_the_column_that_is_named()
    {
        var data = Trained.Value.Data;
        var views = Ml.Transforms.SimulateMeasurement("Raw", "Scene", rowKeyColumnName: "Name").Append(Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone)).Fit(data.View).Transform(data.View);
        var model = Ml.Transforms.Conversion.MapValueToKey("Label").Append(Ml.Transforms.Concatenate("Features", "Rgb")).Append(Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()).Fit(views);
        var drift = Ml.Drift().TestCases().First();
        Assert.That(drift.Score(model, data, "Rgb"), Is.GreaterThan(0.5));
        Assert.That(() => drift.Score(model, data), Throws.ArgumentException.With.Property("ParamName").EqualTo("featureColumnName"));
    }

    [Test]
    public void A_configuration_that_does_not_exist_is_refused_before_any_test_runs() =>
        Assert.That(() => Ml.Drift().TestCases(new() { Configurations = ["bi,x,ga"] }), Throws.ArgumentException.With.Message.Contains("'x'"));
}
