using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Drift.Synthesis;
using Lens2Logit.MLNet.Drift.TestCases;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Lens2Logit.Sensors;
using Microsoft.ML;

namespace Lens2Logit.Examples;

/// <summary>
/// How a team keeps a model's robustness under test in its own CI: every drift case is a test of its own, with a bound that the team has
/// agreed on. Where a bound is broken, the message names case, score, bound and how to reproduce it.
/// </summary>
public class RobustnessTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private ITransformer _model = null!;
    private DriftData _testData = null!;

    /// <summary>Other pipelines and some noise: the model has to bear them well.</summary>
    private static IEnumerable<DriftTestCase> MildCases => Ml.Drift().TestCases(new()
    {
        Configurations = ["bi,s,ga", "ma,s,ga"],
        MeasurementDrifts = [MeasurementDrift.ReadNoise(3)],
        Corruptions = [],
    });

    /// <summary>Less light, a lens out of focus, corruptions: it has to stay above chance, which is a fifth. Without the first case, which is no drift.</summary>
    private static IEnumerable<DriftTestCase> HardCases => Ml.Drift().TestCases(new()
    {
        Configurations = [],
        MeasurementDrifts = [MeasurementDrift.Light(0.75f), MeasurementDrift.Blur(0.5)],
        Corruptions = [new("contrast", 1), new("gaussian_noise", 1)],
    }).Skip(1);

    /// <summary>A team loads its model here; this example trains one, behind an ISP that stays as it is.</summary>
    [OneTimeSetUp]
    public void Train()
    {
        var data = Ml.Data.Cache(Ml.Data.LoadSyntheticSmear(new() { Count = 500, Seed = 1 }));
        _testData = new(Ml.Data.Cache(Ml.Data.LoadSyntheticSmear(new() { Count = 150, Seed = 2 })));
        _model = Ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, rowKeyColumnName: "Name")
            .Append(Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
            .Append(Ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(Ml.MulticlassClassification.Trainers.RawImageClassification(new RawImageClassificationTrainer.Options
            {
                Architecture = Architecture.SmallCnn, Epochs = 10, LearningRate = 3e-3, WarmupSteps = 30, FreezeStages = true, Seed = 1,
            })).Fit(data);
    }

    [TestCaseSource(nameof(MildCases))]
    public void Accuracy_is_kept_under_mild_drift(DriftTestCase drift) => TestContext.Out.WriteLine(drift.Require(_model, _testData, atLeast: 0.75));

    [TestCaseSource(nameof(HardCases))]
    public void Accuracy_stays_above_chance_under_hard_drift(DriftTestCase drift) => TestContext.Out.WriteLine(drift.Require(_model, _testData, atLeast: 0.3));

    /// <summary>What a broken bound looks like: run it by name.</summary>
    [Explicit("Fails on purpose.")]
    [Test]
    public void This_bound_is_broken_on_purpose() => Ml.Drift().TestCases().Single(drift => drift.Name == "light 0.01").Require(_model, _testData, atLeast: 0.9);

    [Test]
    public void A_broken_bound_names_case_score_bound_and_how_to_reproduce_it()
    {
        var failure = Assert.Throws<DriftBoundException>(This_bound_is_broken_on_purpose)!;
        Assert.That(failure.Message, Does.Contain("'light 0.01'").And.Contain(FormattableString.Invariant($"{failure.Score:F4}")).And.Contain("0.9000").And.Contain("new DriftTestCase(DriftCondition.FromJson("));
        var again = new DriftTestCase(DriftCondition.FromJson(failure.Case.Condition.ToJson()), failure.Case.Seed);
        Assert.That(again.Score(_model, _testData), Is.EqualTo(failure.Score), "what the message says to do gives the same score");
    }
}
