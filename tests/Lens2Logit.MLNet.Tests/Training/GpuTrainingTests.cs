using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Drift.Synthesis;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Differentiable;
using Lens2Logit.Sensors.Optics;
using Microsoft.ML;

namespace Lens2Logit.Tests.Training;

/// <summary>What trains, scores and studies drift on a CPU does so on a GPU, and its models go from one to the other.</summary>
[Category("Gpu")]
public class GpuTrainingTests
{
    private readonly MLContext _ml = new(seed: 1) { GpuDeviceId = 0, FallbackToCpu = false };
    private IDataView _data = null!;

    [OneTimeSetUp]
    public void MakeData() => _data = _ml.Data.Cache(SmallData.Scenes(_ml, 60));

    [SetUp]
    public void RequireGpu() => Cuda.Require();

    [Test]
    public void A_classifier_learns_in_every_precision([Values] TrainingPrecision precision)
    {
        var reports = new Reports();
        using var model = SmallData.Fit(_ml, _data, SmallData.Options with { Epochs = 20, LearningRate = 3e-3, Precision = precision, ChannelsLast = true, ValidationFraction = 0.2, Progress = reports });
        Assert.That(reports.All[^1].Loss, Is.InRange(0, 0.6 * reports.All[0].Loss));
        Assert.That(SmallData.Scores(model, _data), Has.Length.EqualTo(60));
    }

    [Test]
    public void A_segmenter_learns_in_every_precision([Values] TrainingPrecision precision)
    {
        var reports = new Reports();
        var masked = SmallData.Masked(_ml, 60);
        using var model = SmallData.MaskedCamera(_ml).Append(_ml.Segmentation().Trainers.RawImageSegmentation(SmallData.SegmentationOptions with
        {
            Epochs = 10,
            LearningRate = 3e-3,
            Precision = precision,
            ChannelsLast = true,
            CacheRows = false,
            ValidationFraction = 0.2,
            Progress = reports,
        })).Fit(masked);
        Assert.That(reports.All[^1].Loss, Is.InRange(0, 0.7 * reports.All[0].Loss));
        Assert.That(SmallData.Scores(model, masked), Has.Length.EqualTo(60));
    }

    [Test]
    public void Lens_measurement_isp_and_network_learn_together()
    {
        var reports = new Reports();
        using var model = _ml.Transforms.SimulateLens("Image", "Scene", new() { GaussianSigmaMicrometers = 1 })
            .Append(_ml.Transforms.SimulateMeasurement("Raw", "Image", new DifferentiableMeasurementOptions { Exposure = new() { Illumination = 0.1f } }))
            .Append(_ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
            .Append(_ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(_ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { Epochs = 12, LearningRate = 3e-3, Progress = reports })).Fit(_data);
        Assert.That(reports.All[^1].Loss, Is.InRange(0, 0.8 * reports.All[0].Loss));
        Assert.That(model.GetStage<DifferentiableMeasurement>("Raw").Gain.cpu().item<float>(), Is.Not.Zero);
        Assert.That(model.GetStage<Lens>("Image").GaussianSigma!.cpu().data<float>().ToArray(), Has.All.Not.EqualTo(1f));
        Assert.That(SmallData.Scores(model, _data), Has.Length.EqualTo(60));
    }

    [Test]
    public void A_saved_model_gives_the_same_scores_on_a_cpu()
    {
        using var folder = new TemporaryFolder();
        using var model = SmallData.Fit(_ml, _data, SmallData.Options with { Epochs = 4 });
        _ml.Model.Save(model, _data.Schema, folder.File("model.zip"));
        var cpu = SmallData.Context();
        var (expected, actual) = (SmallData.Scores(model, _data), SmallData.Scores(cpu.Model.Load(folder.File("model.zip"), out _), _data));
        // A GPU shortens the factors of a convolution to 10 bits (TensorFloat-32).
        Assert.That(actual.SelectMany(row => row), Is.EqualTo(expected.SelectMany(row => row)).Within(5e-3));
    }

    [Test]
    public void A_cancelled_training_goes_on_from_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var options = SmallData.Options with { Epochs = 4, CheckpointPath = folder.File("checkpoint.zip") };
        SmallData.Fit(_ml, _data, options with { CancellationToken = stop.Token, Progress = new Reports(p => { if (p.Epoch == 3) stop.Cancel(); }) }).Dispose();
        var reports = new Reports();
        SmallData.Fit(_ml, _data, options with { Progress = reports }).Dispose();
        Assert.That((reports.All[0].Epoch, reports.All[^1].Epoch), Is.EqualTo((3, 4)));
        Assert.That(reports.All[^1].Loss, Is.InRange(0, reports.All[0].Loss));
    }

    [Test]
    public void Steps_leave_no_tensor_behind_and_stages_are_tracked()
    {
        using var folder = new TemporaryFolder();
        var counts = new List<long>();
        var options = SmallData.Options with { Epochs = 6, StageTracking = new() { Folder = folder.File("stages") }, TensorBoardFolder = folder.File("board"), Progress = new Reports(p => { if (p.EndOfEpoch) counts.Add(LiveTensors.Count()); }) };
        SmallData.Fit(_ml, _data, options).Dispose();
        Assert.That(counts[^1], Is.EqualTo(counts[1]));
        Assert.That(Directory.GetFiles(folder.File("stages")), Has.Length.EqualTo(6));
    }

    [Test]
    public void Drift_is_synthesised_investigated_and_optimised()
    {
        var training = SmallData.Options with { Epochs = 24, LearningRate = 3e-3 };
        var synthesis = _ml.Drift().Synthesize(new(_data), new()
        {
            Conditions = [.. DriftCondition.Pipelines(new()).Where(c => c.Name is "bi,s,ga" or "me,u,me")],
            Corruptions = ["contrast"],
            Severities = [3],
            MeasurementDrifts = [MeasurementDrift.Light(0.05f)],
            Trainer = DriftTrainer.RawImageClassification(training),
            Splits = 1,
        });
        Assert.That(synthesis.Missing, Is.Empty);
        Assert.That(synthesis.Summary().SamePipeline.Mean, Is.GreaterThan(0.3), "five classes");

        using var model = SmallData.Fit(_ml, _data, training with { FreezeStages = true });
        var forensics = _ml.Drift().Investigate(model, _data, new() { Weights = [1], ParameterSets = [["color_matrix", "black_level"]], Epochs = 6, StepsBetweenLooks = 1, LearningRate = 1e-2, SensitivityPoints = 3, Tolerance = new() { Axes = ["illumination"], Bisections = 1, Samples = 2, JointSamples = 2 } });
        Assert.That(forensics.Findings.Single().Score, Is.LessThan(forensics.Score));
        Assert.That(forensics.Tolerance!.Intervals, Has.Count.EqualTo(1));

        var optimization = _ml.Drift().Optimize(new(_data), new() { Training = training, AdaptationEpochs = 2, Seeds = 1, LearnAcquisition = true });
        Assert.That(optimization.Seeds.Single().Curves, Has.Count.EqualTo(8));
        Assert.That(optimization.Seeds.Single().AcquisitionChanges.Select(c => c.Norm), Has.Some.Positive);
    }
}
