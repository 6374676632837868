using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Drift;

public class ToleranceTests
{
    private static readonly MLContext Ml = SmallData.Context();

    private static readonly ToleranceOptions Careful = new() { Axes = ["illumination", "black level", "gamma"], MaximumDrop = 0.1, SearchPoints = 4, Bisections = 3, Samples = 4, JointSamples = 8 };

    private static readonly Lazy<ForensicsResult> Result = new(() => Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, new()
    {
        EvaluationData = TrainedModel.Data, Weights = [100], ParameterSets = [["gamma"]], Epochs = 1, RandomControls = 1, SensitivityPoints = 5, ExampleImages = 0, Tolerance = Careful,
    }));

    internal static ToleranceSpecification Specification => Result.Value.Tolerance!;

    [Test]
    public void Intervals_surround_the_models_own_values()
    {
        foreach (var interval in Specification.Intervals)
        {
            Assert.That(interval.Low, Is.LessThan(interval.Nominal), interval.Axis);
            Assert.That(interval.High, Is.GreaterThan(interval.Nominal), interval.Axis);
            Assert.That(interval.LowestScore, Is.AtLeast(Specification.MinimumScore), interval.Axis);
        }
        Assert.That(Specification.Intervals.Select(i => i.Axis), Is.EqualTo(Careful.Axes));
    }

    [Test]
    public void Inside_the_light_that_is_specified_the_model_keeps_its_score_and_far_outside_it_does_not()
    {
        var light = Specification.Intervals[0];
        Assert.That(Accuracy(light.Low), Is.AtLeast(Specification.MinimumScore));
        Assert.That(Accuracy(light.High), Is.AtLeast(Specification.MinimumScore));
        Assert.That(Accuracy(light.Low / 20), Is.LessThan(Specification.MinimumScore));

        double Accuracy(double illumination)
        {
            var photographed = Ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, new() { Illumination = (float)illumination }, "Name")
                .Append(Ml.Transforms.Conversion.MapValueToKey("Label")).Fit(TrainedModel.Data).Transform(TrainedModel.Data);
            var classifier = TrainedModel.Model.LastTransformer;
            return Ml.MulticlassClassification.Evaluate(classifier.Transform(photographed)).MicroAccuracy;
        }
    }

    [Test]
    public void The_box_for_all_together_lies_within_the_single_intervals()
    {
        Assert.That(Specification.Joint.Share, Is.InRange(0, 1));
        foreach (var interval in Specification.Intervals)
        {
            Assert.That(Specification.Joint.Low[interval.Axis], Is.AtLeast(interval.Low - 1e-9));
            Assert.That(Specification.Joint.High[interval.Axis], Is.AtMost(interval.High + 1e-9));
        }
    }

    [Test]
    public void A_sensitivity_curve_meets_the_models_own_score_at_its_own_value()
    {
        foreach (var curve in Result.Value.Sensitivity)
        {
            int own = curve.Values.ToList().IndexOf(curve.Axis.Nominal);
            Assert.That(curve.Scores[own], Is.EqualTo(Result.Value.Score), curve.Axis.Name);
        }
    }

    [Test]
    public void It_is_read_back_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        Specification.Save(folder.File("tolerance.json"));
        Assert.That(ToleranceSpecification.Load(folder.File("tolerance.json")).ToJson(), Is.EqualTo(Specification.ToJson()));
    }

    [TestCase(1f, false)]
    [TestCase(0.02f, true)]
    public void CheckTolerance_marks_rows_by_their_light(float illumination, bool outside)
    {
        var rows = Check(illumination, out _);
        Assert.That(rows.GetColumn<bool>("OutsideTolerance"), Has.All.EqualTo(outside));
        Assert.That(rows.GetColumn<string>("ToleranceReason").First(), outside ? Does.Contain("mean raw value") : Is.Empty);
    }

    [Test]
    public void CheckTolerance_checks_quantities_that_rows_state()
    {
        using var folder = new TemporaryFolder();
        Specification.Save(folder.File("tolerance.json"));
        var interval = Specification.Intervals[2];
        var raw = Ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, rowKeyColumnName: "Name").Fit(TrainedModel.Data).Transform(TrainedModel.Data);
        var rows = Ml.Transforms.CustomMapping<Named, Gamma>((_, output) => output.Value = (float)interval.High + 1, null)
            .Append(Ml.Transforms.CheckTolerance(folder.File("tolerance.json"), TrainedModel.Model, new() { QuantityColumns = new Dictionary<string, string> { ["gamma"] = "Value" } }))
            .Fit(raw).Transform(raw);
        Assert.That(rows.GetColumn<string>("ToleranceReason"), Has.All.Contain("gamma"));
    }

    [Test]
    public void Another_sensor_is_outside()
    {
        using var folder = new TemporaryFolder();
        Specification.Save(folder.File("tolerance.json"));
        var other = SensorPresets.RawDrone with { Name = "Other" };
        var rows = Ml.Transforms.SimulateMeasurement("Raw", "Scene", other, rowKeyColumnName: "Name").Append(Ml.Transforms.CheckTolerance(folder.File("tolerance.json"), TrainedModel.Model))
            .Fit(TrainedModel.Data).Transform(TrainedModel.Data);
        Assert.That(rows.GetColumn<string>("ToleranceReason"), Has.All.Contain("sensor Other instead of RawDrone"));
    }

    [Test]
    public void CheckTolerance_saves_and_loads()
    {
        using var folder = new TemporaryFolder();
        var rows = Check(0.02f, out var model);
        Ml.Model.Save(model, TrainedModel.Data.Schema, folder.File("check.zip"));
        var loaded = Ml.Model.Load(folder.File("check.zip"), out _).Transform(TrainedModel.Data);
        Assert.That(loaded.GetColumn<string>("ToleranceReason"), Is.EqualTo(rows.GetColumn<string>("ToleranceReason")));
    }

    [Test]
    public void A_file_for_another_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        Specification.Save(folder.File("tolerance.json"));
        using var other = SmallData.Fit(Ml, SmallData.Scenes(Ml, 20), SmallData.Options with { Epochs = 1 });
        Assert.That(() => Ml.Transforms.CheckTolerance(folder.File("tolerance.json"), other),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("tolerance.json").And.Message.Contains("another model"));
    }

    [TestCase("{", "is no tolerance specification")]
    [TestCase("{}", "is no tolerance specification")]
    public void A_file_that_is_no_specification_is_named(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("odd.json"), text);
        Assert.That(() => ToleranceSpecification.Load(folder.File("odd.json")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("odd.json").And.Message.Contains(message));
    }

    [Test]
    public void A_quantity_that_the_specification_lacks_is_named()
    {
        using var folder = new TemporaryFolder();
        Specification.Save(folder.File("tolerance.json"));
        Assert.That(() => Ml.Transforms.CheckTolerance(folder.File("tolerance.json"), TrainedModel.Model, new() { QuantityColumns = new Dictionary<string, string> { ["iso"] = "Iso" } }),
            Throws.ArgumentException.With.Message.Contains("'iso'").And.Message.Contains("illumination"));
    }

    private static IDataView Check(float illumination, out ITransformer model)
    {
        using var folder = new TemporaryFolder();
        Specification.Save(folder.File("tolerance.json"));
        model = Ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, new() { Illumination = illumination }, "Name")
            .Append(Ml.Transforms.CheckTolerance(folder.File("tolerance.json"), TrainedModel.Model)).Fit(TrainedModel.Data);
        return model.Transform(TrainedModel.Data);
    }

    private sealed class Named
    {
        public string Name { get; set; } = "";
    }

    private sealed class Gamma
    {
        public float Value { get; set; }
    }
}
