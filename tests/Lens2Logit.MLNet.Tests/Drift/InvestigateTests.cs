using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Drift.Units;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Differentiable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Drift;

public class InvestigateTests
{
    private static readonly MLContext Ml = SmallData.Context();

    private static ForensicsOptions Quick => new()
    {
        Weights = [1],
        ParameterSets = [["color_matrix", "black_level"]],
        Epochs = 6,
        StepsBetweenLooks = 1,
        LearningRate = 1e-2,
        RandomControls = 4,
        ExampleImages = 2,
        SensitivityPoints = 0,
        Tolerance = null,
    };

    private static readonly Lazy<ForensicsResult> Result = new(() => Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Quick));

    [Test]
    public void A_search_harms_more_than_a_random_change_of_equal_norm()
    {
        var finding = Result.Value.Findings.Single();
        Assert.That(Result.Value.Score, Is.GreaterThan(0.6), "the model has learnt something to lose");
        Assert.That(finding.Score, Is.LessThan(Result.Value.Score - 0.1));
        Assert.That(finding.BelowControl, Is.Positive);
        Assert.That(finding.Control.Scores, Has.Count.EqualTo(4));
    }

    [Test]
    public void Changes_are_reported_in_the_parameters_own_unit()
    {
        var black = Result.Value.Findings.Single().Changes.Single(c => c.Name == "Rgb.black_level");
        Assert.That(black.Unit, Is.EqualTo("share of full scale"));
        Assert.That(black.Before, Is.EqualTo(CameraParameters.RawDrone.BlackLevel).Within(1e-6));
        Assert.That(black.Norm, Is.EqualTo(Math.Sqrt(black.After.Zip(black.Before, (a, b) => (a - b) * (a - b)).Sum())).And.Positive);
    }

    [Test]
    public void The_measurement_is_searched_too_where_the_model_learnt_through_it()
    {
        var data = TrainedModel.Data;
        using var model = Ml.Transforms.SimulateMeasurement("Raw", "Scene", new DifferentiableMeasurementOptions { Sensor = SensorPresets.RawDrone })
            .Append(Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
            .Append(Ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(Ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { Epochs = 12, LearningRate = 3e-3, FreezeStages = true })).Fit(data);
        var result = Ml.Drift().Investigate(model, data, Quick with { ParameterSets = [["exposure"], ["gain", "blur"]], LearningRate = 5e-2 });
        Assert.That(result.Findings[0].Changes.Select(c => (c.Name, c.Unit)), Is.EqualTo(new[] { ("Raw.exposure", "EV") }));
        Assert.That(result.Findings[1].Changes.Select(c => (c.Name, c.Unit)), Is.EqualTo(new[] { ("Raw.gain", "dB"), ("Rgb.blur", "") }));
        Assert.That(result.Findings.SelectMany(f => f.Changes).Select(c => c.Norm), Has.All.Positive);
        Assert.That(result.Findings[0].Score, Is.LessThan(result.Score));
    }

    [Test]
    public void The_users_model_is_only_read()
    {
        var (model, data) = (TrainedModel.Model, TrainedModel.Data);
        var (scores, isp) = (SmallData.Scores(model, data), model.GetStage<ParametrizedIsp>("Rgb").ToString());
        Ml.Drift().Investigate(model, data, Quick with { Epochs = 1 });
        Assert.That(SmallData.Scores(model, data), Is.EqualTo(scores));
        Assert.That(model.GetStage<ParametrizedIsp>("Rgb").ToString(), Is.EqualTo(isp));
    }

    [Test]
    public void The_same_seed_gives_the_same_findings()
    {
        var again = Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Quick);
        Assert.That(again.Findings.Single().Changes.SelectMany(c => c.After), Is.EqualTo(Result.Value.Findings.Single().Changes.SelectMany(c => c.After)));
    }

    private static ForensicsOptions Whole => Quick with
    {
        Epochs = 1,
        ParameterSets = [["color_matrix"], ["gamma"]],
        SensitivityPoints = 3,
        Tolerance = new() { Axes = ["black level", "gamma"], SearchPoints = 2, Bisections = 1, Samples = 2, JointSamples = 2 },
    };

    private static readonly Lazy<ForensicsResult> Uninterrupted = new(() => Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Whole));

    [Test]
    public void A_run_that_was_stopped_and_continued_finds_the_same()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var progress = new Immediate(p => { if (p.Done >= 4) stop.Cancel(); });
        Assert.That(() => Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Whole with { ResultFolder = folder.Path, Progress = progress, CancellationToken = stop.Token }),
            Throws.InstanceOf<OperationCanceledException>());
        var kept = Directory.GetFiles(folder.Path).ToDictionary(file => file, File.GetLastWriteTimeUtc);
        Assert.That(kept, Has.Count.EqualTo(4), "two searches and two curves were finished");

        var continued = Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Whole with { ResultFolder = folder.Path });
        Assert.That(kept.Select(file => File.GetLastWriteTimeUtc(file.Key)), Is.EqualTo(kept.Values), "nothing is computed twice");
        AssertSame(continued, Uninterrupted.Value);
    }

    [Test]
    public void Two_shards_merged_find_the_same_as_one_run()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        var part = Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Whole with { ResultFolder = first.Path, Shard = new(1, 2) });
        Assert.That(part.Tolerance, Is.Null, "one of its intervals is the other shard's");
        Assert.That(part.Missing, Has.Some.EqualTo("search gamma, λ = 1").And.Some.StartsWith("sensitivity to").And.Some.EqualTo("tolerance of all together"));
        using var report = new TemporaryFolder();
        part.Save(report.Path);
        Assert.That(File.ReadAllText(report.File("report.html")), Does.Contain("unit(s) of work are not there"));
        Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Whole with { ResultFolder = second.Path, Shard = new(2, 2) });
        AssertSame(Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Whole with { ResultFolder = first.Path, MergeFolders = [second.Path] }), Uninterrupted.Value);
    }

    [Test]
    public void Result_files_of_another_model_are_refused()
    {
        using var folder = new TemporaryFolder();
        var options = Quick with { Epochs = 1, ResultFolder = folder.Path };
        Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, options);
        using var other = SmallData.Fit(Ml, TrainedModel.Data, SmallData.Options with { Epochs = 1 });
        Assert.That(() => Ml.Drift().Investigate(other, TrainedModel.Data, options), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("another experiment: model is "));
    }

    [Test]
    public void A_folder_to_merge_that_is_not_there_is_named() =>
        Assert.That(() => Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Quick with { MergeFolders = ["no-such-folder"] }),
            Throws.ArgumentException.With.Message.Contains("'no-such-folder'"));

    [Test]
    public void A_heavy_penalty_keeps_the_views_more_alike([Values] ViewPenalty penalty)
    {
        var weights = penalty == ViewPenalty.StructuralSimilarity ? new[] { 1000, 0.0 } : [1, 0.0];
        var findings = Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Quick with { Penalty = penalty, Weights = weights, MinimumSimilarity = 0 }).Findings;
        Assert.That(findings[0].Similarity, Is.GreaterThan(findings[1].Similarity));
    }

    [Test]
    public void Steps_leave_no_tensor_behind()
    {
        // TorchSharp counts the parameters of modules that are made and disposed once too often: that part is the same for both.
        Growth(epochs: 1);
        Assert.That(Growth(epochs: 5), Is.EqualTo(Growth(epochs: 1)));

        static long Growth(int epochs)
        {
            long before = LiveTensors.Count();
            Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Quick with { Epochs = epochs, ExampleImages = 0 });
            return LiveTensors.Count() - before;
        }
    }

    [Test]
    public void A_parameter_that_no_stage_has_is_an_error_that_lists_those_there_are() =>
        Assert.That(() => Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Quick with { ParameterSets = [["gama"]] }),
            Throws.ArgumentException.With.Message.Contains("'gama'").And.Message.Contains("Rgb.gamma"));

    [Test]
    public void A_model_without_a_differentiable_stage_is_refused()
    {
        var data = SmallData.Scenes(Ml, 20);
        using var model = Ml.Transforms.SimulateMeasurement("Raw", "Scene").Append(Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone))
            .Append(Ml.Transforms.Conversion.MapValueToKey("Label")).Append(Ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { Epochs = 1 })).Fit(data);
        Assert.That(() => Ml.Drift().Investigate(model, data), Throws.ArgumentException.With.Message.Contains("ParametrizedIspOptions"));
    }

    [Test]
    public void A_label_that_the_model_does_not_know_is_named()
    {
        var named = Ml.Data.LoadFromEnumerable([new RawRow { Raw = new float[SmallData.Size * SmallData.Size], Label = "Platelet" }, new RawRow { Raw = new float[SmallData.Size * SmallData.Size], Label = "Monocyte" }]);
        Assert.That(() => Ml.Drift().Investigate(TrainedModel.Model, named, Quick with { EvaluationData = named }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'Platelet'").And.Message.Contains("Monocyte"));
    }

    [Test]
    public void The_penalty_is_on_views_before_the_batch_normalisation()
    {
        var data = TrainedModel.Data;
        using var model = SmallData.Camera(Ml, new() { Camera = CameraParameters.RawDrone, BatchNorm = true })
            .Append(Ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { Epochs = 2 })).Fit(data);
        var result = Ml.Drift().Investigate(model, data, Quick with { Epochs = 1 });
        Assert.That(result.Examples[0].Views[0].Pixels, Has.All.InRange(0, 1));
        Assert.That(result.Run.Configuration["ISP ends in batch normalisation"], Does.StartWith("yes"));
    }

    [Test]
    public void The_report_needs_nothing_beside_itself()
    {
        using var folder = new TemporaryFolder();
        Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Quick with { Epochs = 1, SensitivityPoints = 3 }).Save(folder.Path);
        var page = File.ReadAllText(folder.File("report.html"));
        Assert.That(page, Does.Contain("data:image/png;base64,").And.Not.Contain("src=\"http").And.Not.Contain("<script").And.Not.Contain("<link"));
        Assert.That(new[] { "forensics.json", "findings.csv", "sensitivity.csv", "images.png" }.Select(folder.File), Has.All.Exist);
    }

    [Test]
    public void An_option_out_of_range_is_named() =>
        Assert.That(() => Ml.Drift().Investigate(TrainedModel.Model, TrainedModel.Data, Quick with { RandomControls = 0 }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(nameof(ForensicsOptions.RandomControls)));

    private static void AssertSame(ForensicsResult actual, ForensicsResult expected)
    {
        Assert.That(actual.Missing, Is.Empty);
        Assert.That(actual.Findings.Select(f => (f.ParameterSet, f.Weight, f.Score, f.Similarity, f.Steps, f.BelowControl)), Is.EqualTo(expected.Findings.Select(f => (f.ParameterSet, f.Weight, f.Score, f.Similarity, f.Steps, f.BelowControl))));
        Assert.That(actual.Findings.SelectMany(f => f.Changes).SelectMany(c => c.After), Is.EqualTo(expected.Findings.SelectMany(f => f.Changes).SelectMany(c => c.After)));
        Assert.That(actual.Sensitivity.Select(c => c.Axis.Name), Is.EqualTo(expected.Sensitivity.Select(c => c.Axis.Name)));
        Assert.That(actual.Sensitivity.SelectMany(c => c.Values.Concat(c.Scores)), Is.EqualTo(expected.Sensitivity.SelectMany(c => c.Values.Concat(c.Scores))));
        Assert.That(actual.Tolerance!.Intervals, Is.EqualTo(expected.Tolerance!.Intervals));
        Assert.That((actual.Tolerance.Joint.Share, actual.Tolerance.Joint.LowestScore), Is.EqualTo((expected.Tolerance.Joint.Share, expected.Tolerance.Joint.LowestScore)));
        Assert.That(actual.Examples.SelectMany(row => row.Views).SelectMany(view => view.Pixels), Is.EqualTo(expected.Examples.SelectMany(row => row.Views).SelectMany(view => view.Pixels)));
    }

    private sealed class RawRow
    {
        [VectorType(SmallData.Size, SmallData.Size)]
        public float[] Raw { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
