using Lens2Logit.Corruptions;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Drift.Synthesis;
using Lens2Logit.MLNet.Drift.Units;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Lens2Logit.Sensors;
using Microsoft.ML;

namespace Lens2Logit.Tests.Drift;

public class SynthesizeTests
{
    private static readonly MLContext Ml = SmallData.Context();

    private static DriftData Data => new(SmallData.Scenes(Ml, 60));

    private static SynthesisOptions Small => new()
    {
        Conditions = [.. DriftCondition.Pipelines(new()).Where(c => c.Name is "bi,s,ga" or "me,u,me")],
        Corruptions = ["contrast", "gaussian_noise"],
        Severities = [3],
        Presets = [CorruptionPreset.Gentle],
        MeasurementDrifts = [MeasurementDrift.Light(0.05f), MeasurementDrift.Blur(1)],
        Trainer = DriftTrainer.RawImageClassification(new() { Architecture = Architecture.SmallCnn, Epochs = 2, BatchSize = 8, LearningRate = 3e-3 }),
        Splits = 2,
    };

    private static DriftData MaskedData => new(SmallData.Masked(Ml, 60)) { MaskColumnName = "Mask" };

    private static DriftTrainer Segmenter => DriftTrainer.RawImageSegmentation(SmallData.SegmentationOptions with { Epochs = 10, LearningRate = 3e-3 });

    private static readonly Lazy<SynthesisResult> Uninterrupted = new(() => Ml.Drift().Synthesize(Data, Small));

    [Test]
    public void Every_model_is_tested_on_every_pipeline_corruption_and_drift()
    {
        Assert.That(Uninterrupted.Value.Units, Has.Count.EqualTo(4));
        foreach (var unit in Uninterrupted.Value.Units)
        {
            Assert.That(unit.Scores.Keys, Is.EquivalentTo(new[]
            {
                "pipeline/bi,s,ga", "pipeline/me,u,me", "corruption/Gentle/contrast/3", "corruption/Gentle/gaussian_noise/3", "measurement/light 0.05", "measurement/blur σ 1 px",
            }));
            Assert.That(unit.Scores.Values, Has.All.InRange(0, 1));
        }
    }

    [Test]
    public void A_run_that_was_stopped_and_continued_gives_the_same_scores()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var progress = new Immediate(p =>
        {
            if (p.Done >= 1.5)
                stop.Cancel();
        });
        Assert.That(() => Ml.Drift().Synthesize(Data, Small with { ResultFolder = folder.Path, Progress = progress, CancellationToken = stop.Token }), Throws.InstanceOf<OperationCanceledException>());
        var kept = Directory.GetFiles(folder.Path).ToDictionary(file => file, File.GetLastWriteTimeUtc);
        Assert.That(kept, Has.Count.EqualTo(1), "one unit was finished, the second was under way");

        var continued = Ml.Drift().Synthesize(Data, Small with { ResultFolder = folder.Path });
        Assert.That(File.GetLastWriteTimeUtc(kept.Keys.Single()), Is.EqualTo(kept.Values.Single()), "nothing is computed twice");
        AssertSame(continued, Uninterrupted.Value);
    }

    [Test]
    public void Two_shards_merged_give_the_same_scores_as_one_run()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        var part = Ml.Drift().Synthesize(Data, Small with { ResultFolder = first.Path, Shard = new(1, 2) });
        Assert.That(part.Missing, Has.Count.EqualTo(2));
        Ml.Drift().Synthesize(Data, Small with { ResultFolder = second.Path, Shard = new(2, 2) });
        var merged = Ml.Drift().Synthesize(Data, Small with { ResultFolder = first.Path, MergeFolders = [second.Path], Trainer = Forbidden });
        AssertSame(merged, Uninterrupted.Value);
    }

    [Test]
    public void Result_files_of_another_experiment_are_refused_with_the_difference()
    {
        using var folder = new TemporaryFolder();
        Ml.Drift().Synthesize(Data, Small with { ResultFolder = folder.Path, Shard = new(1, 4) });
        Assert.That(() => Ml.Drift().Synthesize(Data, Small with { ResultFolder = folder.Path, Seed = 2 }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("seed is 1 there and 2 here"));
        Assert.That(() => Ml.Drift().Synthesize(new(SmallData.Scenes(Ml, 60, seed: 9)), Small with { ResultFolder = folder.Path }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("data is 60 images"));
    }

    [Test]
    public void A_damaged_result_file_is_computed_again([Values("", "{\"Experiment\":", "changed")] string damage)
    {
        using var folder = new TemporaryFolder();
        Ml.Drift().Synthesize(Data, Small with { ResultFolder = folder.Path });
        var file = Directory.GetFiles(folder.Path).Order().First();
        var text = File.ReadAllText(file);
        File.WriteAllText(file, damage == "changed" ? text.Replace("0.", "0.1", StringComparison.Ordinal) : damage);
        AssertSame(Ml.Drift().Synthesize(Data, Small with { ResultFolder = folder.Path }), Uninterrupted.Value);
        AssertSame(Ml.Drift().Synthesize(Data, Small with { ResultFolder = folder.Path, Trainer = Forbidden }), Uninterrupted.Value);
    }

    [Test]
    public void A_condition_that_cannot_run_is_reported_and_the_others_go_on()
    {
        var broken = new DriftCondition { Name = "monochrome", Acquisition = new() { Sensor = SensorPresets.Emva1288Example } };
        var result = Ml.Drift().Synthesize(Data, Small with { Conditions = [.. Small.Conditions!, broken], Splits = 1 });
        Assert.That(result.Units.Select(u => u.Condition), Is.EqualTo(new[] { "bi,s,ga", "me,u,me" }));
        Assert.That(result.Failures["monochrome, split 1"], Does.Contain("Monochrome"));
        Assert.That(result.Units[0].Failures["pipeline/monochrome"], Does.Contain("Monochrome"));
        using var folder = new TemporaryFolder();
        result.Save(folder.Path);
        Assert.That(File.ReadAllText(folder.File("report.html")), Does.Contain("monochrome"));
    }

    [Test]
    public void An_image_that_no_camera_can_photograph_fails_its_conditions_by_its_value()
    {
        var dark = SmallData.Vectors(Ml, "Scene", [.. Enumerable.Range(0, 20).Select(_ => Enumerable.Repeat(-0.5f, 3 * 64).ToArray())], 3, 8, 8);
        var result = Ml.Drift().Synthesize(new(dark) { RowKeyColumnName = null }, Small with { Splits = 1 });
        Assert.That(result.Failures, Has.Count.EqualTo(2));
        Assert.That(result.Failures["bi,s,ga, split 1"], Does.Contain("-0.5 at channel 0, row 0, column 0"));
    }

    [Test]
    public void A_corruption_that_some_model_could_not_be_tested_on_leaves_its_error_open()
    {
        var units = Uninterrupted.Value.Units.Select(u => u with { Scores = u.Scores.Where(s => u.Condition == "bi,s,ga" || s.Key != "corruption/Gentle/contrast/3").ToDictionary() });
        var errors = (Uninterrupted.Value with { Units = [.. units] }).CorruptionErrors();
        Assert.That(errors.Select(e => e.MeanCorruptionError), Is.EqualTo(new[] { 1, double.NaN }));
    }

    [Test]
    public void Names_that_cannot_tell_results_apart_are_refused()
    {
        Refused(Small with { Conditions = [Small.Conditions![0], Small.Conditions[0]] }, "Conditions has two of the name 'bi,s,ga'");
        Refused(Small with { MeasurementDrifts = [MeasurementDrift.Light(0.5f), MeasurementDrift.Light(0.5f)] }, "MeasurementDrifts has two of the name 'light 0.5'");
        Refused(Small with { Baseline = "me" }, "Baseline is 'me'; Conditions has bi,s,ga, me,u,me");
        Refused(Small with { Conditions = null, Baseline = "me" }, "Baseline is 'me'; Conditions has bi,s,me");

        static void Refused(SynthesisOptions options, string message) =>
            Assert.That(() => Ml.Drift().Synthesize(Data, options), Throws.ArgumentException.With.Message.Contains(message));
    }

    [Test]
    public void The_summary_is_what_the_scores_say()
    {
        var units = Uninterrupted.Value.Units;
        var summary = Uninterrupted.Value.Summary();
        double pipeline = units.Average(u => u.Scores[$"pipeline/{u.Condition}"] - u.Scores[$"pipeline/{(u.Condition == "bi,s,ga" ? "me,u,me" : "bi,s,ga")}"]);
        double corruption = units.Average(u => u.Scores[$"pipeline/{u.Condition}"] - (u.Scores["corruption/Gentle/contrast/3"] + u.Scores["corruption/Gentle/gaussian_noise/3"]) / 2);
        Assert.That(summary.PipelineDrop.Mean, Is.EqualTo(pipeline).Within(1e-12));
        Assert.That(summary.CorruptionDrop.Mean, Is.EqualTo(corruption).Within(1e-12));
        Assert.That(summary.Ratio, Is.EqualTo(corruption / pipeline).Within(1e-9));
        Assert.That(Uninterrupted.Value.CorruptionErrors()[0].MeanCorruptionError, Is.EqualTo(1), "the baseline is as bad as itself");
    }

    [Test]
    public void Segmentation_is_scored_by_intersection_over_union()
    {
        var result = Ml.Drift().Synthesize(MaskedData, Small with { Trainer = Segmenter, Splits = 1 });
        Assert.That(result.Task, Is.EqualTo(DriftTask.Segmentation));
        Assert.That(result.Failures, Is.Empty);
        Assert.That(result.Units.Select(u => u.Scores.Count), Is.All.EqualTo(6));
        // All pixels predicted would score the share of the nuclei, well below a half.
        Assert.That(result.Units[0].Scores["pipeline/bi,s,ga"], Is.GreaterThan(0.5));
        Assert.That(result.Units[0].Scores["measurement/light 0.05"], Is.LessThan(result.Units[0].Scores["pipeline/bi,s,ga"]));
        using var folder = new TemporaryFolder();
        result.Save(folder.Path);
        Assert.That(File.ReadAllText(folder.File("report.html")), Does.Contain("intersection over union, same pipeline"));
    }

    [Test]
    public void Masks_and_trainer_must_be_for_the_same_task()
    {
        Assert.That(() => Ml.Drift().Synthesize(MaskedData, Small), Throws.ArgumentException.With.Message.Contains("Trainer is for Classification, but the data has masks"));
        Assert.That(() => Ml.Drift().Synthesize(Data, Small with { Trainer = Segmenter }), Throws.ArgumentException.With.Message.Contains("Trainer is for Segmentation, but the data has no masks"));
        Assert.That(() => Ml.Drift().Optimize(MaskedData), Throws.ArgumentException.With.Message.Contains("Mask"));
    }

    [Test]
    public void Any_trainer_of_MLNET_can_be_used()
    {
        var trainer = new DriftTrainer("centroids", (ml, request) => ml.Transforms.Concatenate("Features", request.FeatureColumnName)
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(request.LabelColumnName, "Features")));
        var result = Ml.Drift().Synthesize(Data, Small with { Trainer = trainer, Splits = 1 });
        Assert.That(result.Units, Has.Count.EqualTo(2));
    }

    [Test]
    public void Raw_images_are_developed_without_a_simulated_camera()
    {
        var scenes = SmallData.Scenes(Ml, 60);
        var raw = Ml.Transforms.SimulateMeasurement("Raw", "Scene", rowKeyColumnName: "Name").Fit(scenes).Transform(scenes);
        var result = Ml.Drift().Synthesize(new(raw) { ImageColumnName = "Raw" }, Small with { Conditions = [.. DriftCondition.Pipelines(null).Take(2)], MeasurementDrifts = null, Splits = 1 });
        Assert.That(result.Units, Has.Count.EqualTo(2));
        Assert.That(result.MeasurementDrops(), Is.Empty);
    }

    [Test]
    public void A_condition_survives_JSON()
    {
        var condition = MeasurementDrift.Diffraction(8).Apply(DriftCondition.Pipelines(new())[3]) with { Corruption = new("contrast", 2, CorruptionPreset.ImageNetC) };
        Assert.That(DriftCondition.FromJson(condition.ToJson()).ToJson(), Is.EqualTo(condition.ToJson()));
    }

    [Test]
    public void Views_are_those_of_the_same_pipeline_in_MLNET()
    {
        var scenes = Ml.Data.Cache(SmallData.Scenes(Ml, 3));
        var rows = Ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, new() { Illumination = 0.3f }, "Name", frameSeed: 7)
            .Append(Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone, "ma,u,me")).Fit(scenes).Transform(scenes);
        var condition = new DriftCondition { Name = "x", Configuration = "ma,u,me", Acquisition = new() { Exposure = new() { Illumination = 0.3f } } };
        var views = ViewRenderer.Render(ImageSet.Read(new(scenes)), condition, frameSeed: 7);
        Assert.That(views.Images, Is.EqualTo(Microsoft.ML.Data.ColumnCursorExtensions.GetColumn<float[]>(rows, "Rgb")));
    }

    private static DriftTrainer Forbidden => Small.Trainer with { Create = (_, _) => throw new InvalidOperationException("everything is there already") };

    private static void AssertSame(SynthesisResult found, SynthesisResult expected)
    {
        Assert.That(found.Missing, Is.Empty);
        Assert.That(found.Units, Has.Count.EqualTo(expected.Units.Count));
        foreach (var (a, b) in found.Units.Zip(expected.Units))
        {
            Assert.That((a.Condition, a.Split), Is.EqualTo((b.Condition, b.Split)));
            Assert.That(a.Scores, Is.EqualTo(b.Scores));
        }
    }
}
