using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Drift.Optimization;
using Lens2Logit.MLNet.Drift.Units;
using Lens2Logit.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace Lens2Logit.Tests.Drift;

public class OptimizeTests
{
    private static readonly MLContext Ml = SmallData.Context();

    private static DriftData Data => new(SmallData.Scenes(Ml, 60));

    private static OptimizationOptions Small => new()
    {
        Training = new() { Architecture = Architecture.SmallCnn, Epochs = 2, BatchSize = 8, LearningRate = 3e-3 },
        AdaptationEpochs = 2,
        Seeds = 2,
        ExampleImages = 2,
    };

    private static readonly Lazy<OptimizationResult> Result = new(() => Ml.Drift().Optimize(Data, Small));

    private static OptimizationArm Adapting(DataModelUse use) => new(OptimizationStart.Adapting, use);

    [Test]
    public void Every_arm_is_run_for_every_seed()
    {
        Assert.That(Result.Value.Seeds.Select(s => s.Seed), Is.EqualTo(new[] { 1, 2 }));
        foreach (var seed in Result.Value.Seeds)
        {
            Assert.That(seed.Curves, Has.Count.EqualTo(6));
            Assert.That(seed.Curves[Adapting(DataModelUse.Learned)].Steps, Is.EqualTo(new[] { 0, 7, 14 }));
            Assert.That(seed.Curves[new(OptimizationStart.FromScratch, DataModelUse.Frozen)].Steps, Is.EqualTo(new[] { 7, 14 }));
        }
    }

    [Test]
    public void Adapting_begins_where_the_drift_left_the_model()
    {
        foreach (var seed in Result.Value.Seeds)
        {
            Assert.That(seed.Curves[Adapting(DataModelUse.Frozen)].Scores[0], Is.EqualTo(seed.AfterDrift));
            Assert.That(seed.Curves[Adapting(DataModelUse.Learned)].Scores[0], Is.EqualTo(seed.AfterDrift));
        }
    }

    [Test]
    public void The_acquisition_learns_its_gain_and_black_level_but_not_its_light()
    {
        var result = Ml.Drift().Optimize(Data, Small with { LearnAcquisition = true, Seeds = 1 });
        var seed = result.Seeds[0];
        var learned = seed.Curves[Adapting(DataModelUse.AcquisitionLearned)];
        Assert.That(seed.Curves, Has.Count.EqualTo(8));
        Assert.That(learned.Steps, Is.EqualTo(new[] { 0, 7, 14 }));
        Assert.That(learned.Scores[0], Is.EqualTo(seed.AfterDrift));
        ParameterChange Change(string name) => seed.AcquisitionChanges.Single(c => c.Name == name);
        Assert.That(Change("Raw.exposure").Norm, Is.Zero, "the light is what the drift left");
        Assert.That(Change("Raw.read_noise").Norm, Is.Zero, "no setting of a camera");
        Assert.That(Change("Raw.gain").Unit, Is.EqualTo("dB"));
        Assert.That(new[] { Change("Raw.gain").Norm, Change("Raw.black_level").Norm, Change("Rgb.blur").Norm }, Has.All.Positive);
        Assert.That(Result.Value.Seeds[0].AcquisitionChanges, Is.Empty);
        Assert.That(seed.Curves[Adapting(DataModelUse.Learned)].Scores, Is.EqualTo(Result.Value.Seeds[0].Curves[Adapting(DataModelUse.Learned)].Scores), "the other arms are as without it");
        using var folder = new TemporaryFolder();
        result.Save(folder.Path);
        Assert.That(File.ReadAllText(folder.File("report.html")), Does.Contain("acquisition and ISP learned").And.Contain("Raw.gain"));
    }

    [Test]
    public void The_learned_ISP_has_moved_and_says_so_in_units()
    {
        foreach (var seed in Result.Value.Seeds)
            Assert.That(seed.Changes.Select(c => c.Norm), Has.All.Positive);
        Assert.That(Result.Value.LearnedModel.GetStage<ParametrizedIsp>("Rgb").ToString(), Is.EqualTo(Result.Value.LearnedIsp));
        Assert.That(Result.Value.Seeds[0].Changes.Single(c => c.Name == "Rgb.black_level").Unit, Is.EqualTo("share of full scale"));
    }

    [Test]
    public void Differences_are_paired_by_seed()
    {
        double[] expected = [.. Result.Value.Seeds.Select(s => s.Curves[Adapting(DataModelUse.Learned)].Final - s.Curves[Adapting(DataModelUse.Frozen)].Final)];
        var difference = Result.Value.Difference(Adapting(DataModelUse.Learned), Adapting(DataModelUse.Frozen));
        Assert.That(difference.Mean, Is.EqualTo(expected.Average()).Within(1e-12));
        // Student's t of one degree of freedom at 97.5 %.
        Assert.That(difference.High - difference.Mean, Is.EqualTo(12.7062 * Math.Abs(expected[0] - expected[1]) / 2).Within(1e-4));
    }

    [Test]
    public void Compensation_gives_the_network_views_as_bright_as_before()
    {
        // A network that sees nothing but brightness is not needed: the views themselves tell.
        var scenes = ImageSet.Read(Data);
        var (before, after) = (Photographer.Photograph(scenes, Small.Before, 1), Photographer.Photograph(scenes, Small.After, 1));
        using var isp = new ParametrizedIsp(Small.Isp);
        using var brighter = new ParametrizedIsp(Small.Isp with { Camera = Small.Isp.Camera with { WhiteBalance = [.. Small.Isp.Camera.WhiteBalance.Select(v => v * Small.Compensation)] } });
        double Mean(ParametrizedIsp developer, ImageSet raw)
        {
            using var scope = torch.NewDisposeScope();
            return developer.forward(MLNet.Transforms.StageInference.ToBatch(raw.Images.AsSpan(0, 8), raw.Shape, torch.CPU)).mean().ToDouble();
        }
        Assert.That(Mean(brighter, after), Is.EqualTo(Mean(isp, before)).Within(0.05));
        Assert.That(Mean(isp, after), Is.LessThan(0.5 * Mean(isp, before)));
    }

    [Test]
    public void The_same_seeds_give_the_same_curves()
    {
        var again = Ml.Drift().Optimize(Data, Small with { Seeds = 1, FromScratch = false });
        Assert.That(again.Seeds[0].Curves[Adapting(DataModelUse.Learned)].Scores, Is.EqualTo(Result.Value.Seeds[0].Curves[Adapting(DataModelUse.Learned)].Scores));
    }

    [Test]
    public void A_run_that_was_stopped_and_continued_gives_the_same_curves_model_and_images()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        // The second seed is under way.
        var progress = new Immediate(p => { if (p.Done >= 8) stop.Cancel(); });
        var stopped = Ml.Drift().Optimize(Data, Small with { ResultFolder = folder.Path, Progress = progress, CancellationToken = stop.Token });
        Assert.That(stopped.Seeds.Select(s => s.Seed), Is.EqualTo(new[] { 1 }));
        Assert.That(stopped.Missing, Is.EqualTo(new[] { "seed 2" }));
        var kept = Directory.GetFiles(folder.Path).ToDictionary(file => file, File.GetLastWriteTimeUtc);
        Assert.That(kept.Keys.Select(Path.GetExtension), Is.EquivalentTo(new[] { ".json", ".zip" }));

        var continued = Ml.Drift().Optimize(Data, Small with { ResultFolder = folder.Path });
        Assert.That(kept.Select(file => File.GetLastWriteTimeUtc(file.Key)), Is.EqualTo(kept.Values), "nothing is computed twice");
        AssertSame(continued, Result.Value);
        Assert.That(continued.LearnedIsp, Is.EqualTo(Result.Value.LearnedIsp), "the model of the first seed came from its file");
    }

    [Test]
    public void Two_shards_merged_give_the_same_as_one_run()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        var part = Ml.Drift().Optimize(Data, Small with { ResultFolder = second.Path, Shard = new(2, 2) });
        Assert.That(part.Seeds.Select(s => s.Seed), Is.EqualTo(new[] { 2 }));
        using var report = new TemporaryFolder();
        part.Save(report.Path);
        Assert.That(File.ReadAllText(report.File("report.html")), Does.Contain("1 unit(s) of work are not there: seed 1"));
        Ml.Drift().Optimize(Data, Small with { ResultFolder = first.Path, Shard = new(1, 2) });
        var nothingToDo = new Immediate(_ => Assert.Fail("everything is there"));
        AssertSame(Ml.Drift().Optimize(Data, Small with { ResultFolder = first.Path, MergeFolders = [second.Path], Progress = nothingToDo }), Result.Value);
    }

    [Test]
    public void A_damaged_model_file_is_computed_again()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { ResultFolder = folder.Path, Seeds = 1, FromScratch = false };
        var expected = Ml.Drift().Optimize(Data, options);
        var file = Directory.GetFiles(folder.Path, "*.zip").Single();
        File.WriteAllText(file, "cut off");
        Assert.That(Ml.Drift().Optimize(Data, options).LearnedIsp, Is.EqualTo(expected.LearnedIsp));
        Assert.That(new FileInfo(file).Length, Is.GreaterThan(1000));
    }

    [Test]
    public void Result_files_of_another_experiment_are_refused_with_the_difference()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { ResultFolder = folder.Path, Seeds = 1, FromScratch = false, AdaptationEpochs = 1 };
        Ml.Drift().Optimize(Data, options);
        Assert.That(() => Ml.Drift().Optimize(Data, options with { Training = options.Training with { WeightDecay = 0.01 } }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("training: WeightDecay is 0 there and 0.01 here"));
        Assert.That(() => Ml.Drift().Optimize(Data, options with { After = new() { Exposure = new() { Illumination = 0.02f } } }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("light is 1 → 0.01 there and 1 → 0.02 here"));
    }

    [Test]
    public void A_shard_without_a_seed_is_an_error_that_says_so() =>
        Assert.That(() => Ml.Drift().Optimize(Data, Small with { Shard = new(3, 3) }), Throws.ArgumentException.With.Message.Contains("Shard 3/3 holds none of the 2 seed(s)"));

    [Test]
    public void Steps_to_a_level_are_those_of_the_first_score_at_it()
    {
        var curve = new LearningCurve([0, 10, 20], [0.2, 0.7, 0.6]);
        Assert.That((curve.StepsTo(0.2), curve.StepsTo(0.65), curve.StepsTo(0.71)), Is.EqualTo(((int?)0, (int?)10, (int?)null)));
    }

    [Test]
    public void The_report_needs_nothing_beside_itself()
    {
        using var folder = new TemporaryFolder();
        Result.Value.Save(folder.Path);
        Assert.That(File.ReadAllText(folder.File("report.html")), Does.Contain("data:image/png;base64,").And.Not.Contain("<script"));
        Assert.That(new[] { "optimization.json", "results.csv", "curves.csv", "curves.png", "curves-scratch.png", "images.png" }.Select(folder.File), Has.All.Exist);
    }

    [Test]
    public void Raw_images_cannot_be_photographed_again()
    {
        var raw = Ml.Transforms.SimulateMeasurement("Raw", "Scene").Fit(Data.View).Transform(Data.View);
        Assert.That(() => Ml.Drift().Optimize(new(raw) { ImageColumnName = "Raw" }, Small), Throws.ArgumentException.With.Message.Contains("raw"));
    }

    [Test]
    public void Light_that_is_gone_cannot_be_compensated() =>
        Assert.That(() => Ml.Drift().Optimize(Data, Small with { After = new() { Exposure = new() { Illumination = 0 } } }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("After"));

    private static void AssertSame(OptimizationResult actual, OptimizationResult expected)
    {
        Assert.That(actual.Missing, Is.Empty);
        Assert.That(actual.Arms, Is.EqualTo(expected.Arms));
        foreach (var (a, e) in actual.Seeds.Zip(expected.Seeds))
        {
            Assert.That((a.Seed, a.BeforeDrift, a.AfterDrift), Is.EqualTo((e.Seed, e.BeforeDrift, e.AfterDrift)));
            Assert.That(a.Curves.Values.SelectMany(c => c.Scores), Is.EqualTo(e.Curves.Values.SelectMany(c => c.Scores)));
            Assert.That(a.Changes.SelectMany(c => c.After), Is.EqualTo(e.Changes.SelectMany(c => c.After)));
        }
        Assert.That(actual.Seeds, Has.Count.EqualTo(expected.Seeds.Count));
        Assert.That(actual.LearnedIsp, Is.EqualTo(expected.LearnedIsp));
        Assert.That(actual.Examples.SelectMany(row => row.Views).SelectMany(view => view.Pixels), Is.EqualTo(expected.Examples.SelectMany(row => row.Views).SelectMany(view => view.Pixels)));
    }
}
