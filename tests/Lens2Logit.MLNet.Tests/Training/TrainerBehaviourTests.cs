using System.Reflection;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors.Differentiable;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using TorchSharp.Modules;

namespace Lens2Logit.Tests.Training;

/// <summary>Progress, cancellation, memory, device, and what the trainer says of bad input.</summary>
public class TrainerBehaviourTests
{
    private static readonly MethodInfo CancelExecution = typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!;

    [Test]
    public void Progress_counts_steps_epochs_and_validation_accuracy()
    {
        var ml = SmallData.Context();
        var reports = new Reports();
        var validation = SmallData.Scenes(ml, 10, seed: 2);
        var camera = SmallData.Camera(ml).Fit(SmallData.Scenes(ml));
        SmallData.Fit(ml, SmallData.Scenes(ml), SmallData.Options with { Progress = reports, ValidationSet = camera.Transform(validation) });

        Assert.That(reports.All, Has.Count.EqualTo(10), "two epochs of 40 rows in batches of 8");
        Assert.That(reports.All.Select(r => r.Step), Is.EqualTo(Enumerable.Range(1, 10)));
        Assert.That(reports.All.Select(r => r.EndOfEpoch), Is.EqualTo(new[] { false, false, false, false, true, false, false, false, false, true }));
        Assert.That(reports.All[^1].ValidationAccuracy, Is.InRange(0, 1));
        Assert.That(reports.All[0].ValidationAccuracy, Is.Null);
    }

    [Test]
    public void The_log_names_the_chain_and_the_device()
    {
        var ml = SmallData.Context();
        var messages = new List<string>();
        ml.Log += (_, e) => messages.Add(e.RawMessage);
        SmallData.Fit(ml, SmallData.Scenes(ml));
        Assert.That(messages, Has.Some.Contains("SmallCnn through Raw → parametrized-isp → Rgb on cpu"));
        Assert.That(messages, Has.Some.StartsWith("Epoch 1 of 2: loss").And.Some.StartsWith("Epoch 2 of 2: loss"));
    }

    [Test]
    public void Cancellation_returns_the_model_so_far()
    {
        var ml = SmallData.Context();
        using var source = new CancellationTokenSource();
        var reports = new Reports(report =>
        {
            if (report.Step == 3)
                source.Cancel();
        });
        var data = SmallData.Scenes(ml);
        var model = SmallData.Fit(ml, data, SmallData.Options with { Progress = reports, CancellationToken = source.Token, Epochs = 1000 });
        Assert.That(reports.All, Has.Count.EqualTo(3));
        Assert.That(SmallData.Scores(model, data), Has.Length.EqualTo(40));
    }

    [Test]
    public void The_contexts_own_cancellation_returns_the_model_so_far_too()
    {
        var ml = SmallData.Context();
        var reports = new Reports(report =>
        {
            if (report.Step == 2)
                CancelExecution.Invoke(ml, null);
        });
        var data = SmallData.Scenes(ml);
        var view = SmallData.Camera(ml).Fit(data).Transform(data);
        using var model = ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { Progress = reports, Epochs = 1000 }).Fit(view);
        Assert.That(reports.All, Has.Count.EqualTo(2));
        Assert.That(model.ClassNames, Has.Count.EqualTo(5));
    }

    [Test]
    public void Cancelled_before_the_first_step_there_is_no_model()
    {
        var ml = SmallData.Context();
        Assert.That(() => SmallData.Fit(ml, SmallData.Scenes(ml), SmallData.Options with { CancellationToken = new(canceled: true) }), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Cancelled_after_the_data_was_read_but_before_the_first_step_there_is_no_model_either()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        var view = SmallData.Camera(ml).Fit(data).Transform(data);
        var reports = new Reports();
        var trainer = ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { Progress = reports });
        CancelExecution.Invoke(ml, null);
        Assert.That(() => trainer.Fit(view), Throws.InstanceOf<OperationCanceledException>().With.Message.Contains("before its first step"));
        Assert.That(reports.All, Is.Empty);
    }

    [Test]
    public void A_training_that_fails_releases_the_stages_that_it_made()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml, 20);
        Parameter? gain = null;
        var trainer = ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with
        {
            FeatureColumnName = "View",
            Stages = [new("Rgb", "View", () =>
            {
                var stage = new GainStage();
                gain = stage.Gain;
                return stage;
            })],
        });
        var view = SmallData.Camera(ml).Append(ml.Transforms.CopyColumns("View", "Rgb")).Fit(data).Transform(data);
        Assert.That(() => trainer.Fit(ml.Data.TakeRows(view, 1)), Throws.InstanceOf<InvalidDataException>());
        Assert.That(gain!.IsInvalid, Is.True);
    }

    [Test]
    public void A_validation_set_with_other_keys_is_refused()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        var validation = SmallData.Camera(ml).Fit(data).Transform(data);
        var byValue = SmallData.Camera(ml).Append(ml.Transforms.CopyColumns("Key", "Label"))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Label")).Append(ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue))
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { ValidationSet = validation }));
        Assert.That(() => byValue.Fit(data), Throws.ArgumentException.With.Message.Contains("ValidationSet").And.Message.Contains("same fitted MapValueToKey"));
    }

    [Test]
    public void Rates_of_parameters_that_no_stage_has_are_refused_with_the_list()
    {
        var ml = SmallData.Context();
        var options = SmallData.Options with { ParameterLearningRates = new Dictionary<string, double> { ["gama"] = 0 } };
        Assert.That(() => SmallData.Fit(ml, SmallData.Scenes(ml), options), Throws.ArgumentException.With.Message.Contains("'gama'").And.Message.Contains("Rgb.gamma"));
    }

    [Test]
    public void Eight_threads_share_one_model()
    {
        var ml = SmallData.Context();
        var data = ml.Data.Cache(SmallData.Scenes(ml, 16));
        var model = SmallData.Fit(ml, data);
        var expected = SmallData.Scores(model, data);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Assert.That(SmallData.Scores(model, data), Is.EqualTo(expected)));
    }

    [Test]
    public void Training_and_scoring_leave_no_tensor_behind()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml, 16);
        var counts = new List<long>();
        LiveTensors.Count();
        var model = SmallData.Fit(ml, data, SmallData.Options with { Epochs = 4, Progress = new Reports(_ => counts.Add(torch.Tensor.TotalCount)) });
        Assert.That(counts[2..], Has.All.EqualTo(counts[2]), "live tensors after each step");
        long before = LiveTensors.Count();
        SmallData.Scores(model, data);
        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before), "live tensors after scoring");
    }

    [Test]
    public void A_last_batch_of_one_joins_the_one_before()
    {
        var ml = SmallData.Context();
        var reports = new Reports();
        SmallData.Fit(ml, SmallData.Scenes(ml, 17), SmallData.Options with { Epochs = 1, Progress = reports });
        Assert.That(reports.All, Has.Count.EqualTo(2));
    }

    [Test]
    public void Options_out_of_range_are_named_when_the_pipeline_is_written()
    {
        var ml = SmallData.Context();
        void Refused(RawImageClassificationTrainer.Options options, string message) =>
            Assert.That(() => ml.MulticlassClassification.Trainers.RawImageClassification(options), Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));
        Refused(SmallData.Options with { BatchSize = 1 }, "BatchSize is 1; expected at least 2");
        Refused(SmallData.Options with { Epochs = 0 }, "Epochs is 0");
        Refused(SmallData.Options with { LearningRate = double.NaN }, "LearningRate is NaN");
        Refused(SmallData.Options with { Architecture = "AlexNet" }, "'AlexNet'; registered are ResNet18, ResNet34, ResNet50, SmallCnn");
        Refused(SmallData.Options with { ParameterLearningRates = new Dictionary<string, double> { ["gamma"] = -1 } }, "ParameterLearningRates[gamma] is -1");
    }

    [Test]
    public void A_label_that_is_no_key_says_what_to_do()
    {
        var ml = SmallData.Context();
        var pipeline = ml.Transforms.SimulateMeasurement("Raw", "Scene").Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions()))
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options));
        Assert.That(() => pipeline.Fit(SmallData.Scenes(ml)), Throws.ArgumentException.With.Message.Contains("'Label'").And.Message.Contains("MapValueToKey"));
    }

    [Test]
    public void Missing_or_misshapen_features_are_named()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        void Refused(string feature, string message) => Assert.That(
            () => SmallData.Camera(ml).Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { FeatureColumnName = feature })).Fit(data),
            Throws.ArgumentException.With.Message.Contains($"'{feature}'").And.Message.Contains(message));
        Refused("View", "Scene, Label, Name");
        Refused("Name", "Vector<Single>[C, H, W]");
        Refused("Raw", "Vector<Single>[C, H, W]");
    }

    [Test]
    public void A_raw_image_straight_from_a_learnable_measurement_wants_an_isp()
    {
        var ml = SmallData.Context();
        var raw = ml.Transforms.SimulateMeasurement("Raw", "Scene", new DifferentiableMeasurementOptions());
        Refused(raw.Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { FeatureColumnName = "Raw" })), SmallData.Scenes(ml));
        Refused(raw.Append(ml.Segmentation().Trainers.RawImageSegmentation(SmallData.SegmentationOptions with { FeatureColumnName = "Raw" })), SmallData.Masked(ml));

        static void Refused(IEstimator<ITransformer> pipeline, IDataView data) => Assert.That(() => pipeline.Fit(data),
            Throws.ArgumentException.With.Message.Contains("'Raw' is [32, 32]; expected [C, H, W]").And.Message.Contains("ProcessRaw"));
    }

    [Test]
    public void One_class_or_no_row_cannot_be_learnt_from()
    {
        var ml = SmallData.Context();
        var all = SmallData.Scenes(ml, 20);
        var camera = SmallData.Camera(ml).Fit(all);
        var trainer = ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options);
        var one = ml.Data.TakeRows(camera.Transform(all), 1);
        Assert.That(() => trainer.Fit(one), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("at least two classes"));
        var none = ml.Data.SkipRows(camera.Transform(all), 20);
        Assert.That(() => trainer.Fit(none), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("no row with a label"));
    }

    [TestCase(float.NaN)]
    [TestCase(float.NegativeInfinity)]
    public void A_raw_pixel_that_is_not_finite_stops_the_training_with_its_row(float value)
    {
        var ml = SmallData.Context();
        var raw = Enumerable.Range(0, 6).Select(_ => new float[256]).ToArray();
        raw[4][16 * 3 + 9] = value;
        var pipeline = ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions()).Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options));
        Assert.That(() => pipeline.Fit(SmallData.Vectors(ml, "Raw", raw, 16, 16)),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Row 4").And.Message.Contains("'Raw'").And.Message.Contains("row 3, column 9"));
    }

    [Test]
    public void Images_too_small_for_the_network_say_how_large_they_must_be()
    {
        var ml = SmallData.Context();
        var rows = Enumerable.Range(0, 4).Select(_ => new float[64]).ToArray();
        var pipeline = ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions()).Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options));
        Assert.That(() => pipeline.Fit(SmallData.Vectors(ml, "Raw", rows, 8, 8)), Throws.ArgumentException.With.Message.Contains("16×16").And.Message.Contains("8×8"));
    }

    [Test]
    public void An_initial_model_that_does_not_fit_says_why()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        var model = SmallData.Fit(ml, data, SmallData.Options with { Epochs = 1 });
        var otherIsp = SmallData.Camera(ml, new() { Camera = CameraParameters.RawMicroscopy }).Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { InitialModel = model }));
        Assert.That(() => otherIsp.Fit(data), Throws.ArgumentException.With.Message.Contains("InitialModel").And.Message.Contains("parametrized-isp"));
        var noModel = SmallData.Options with { InitialModel = SmallData.Camera(ml).Fit(data) };
        Assert.That(() => SmallData.Fit(ml, data, noModel), Throws.ArgumentException.With.Message.Contains("holds no model"));
    }

    [Test]
    public void A_missing_gpu_is_an_error_or_falls_back_with_a_warning()
    {
        if (torch.cuda.is_available())
            Assert.Ignore("This machine has a CUDA device.");
        var strict = new MLContext(seed: 1) { GpuDeviceId = 0, FallbackToCpu = false };
        Assert.That(() => SmallData.Fit(strict, SmallData.Scenes(strict)), Throws.InvalidOperationException.With.Message.Contains("GpuDeviceId is 0").And.Message.Contains("FallbackToCpu"));
        var lenient = new MLContext(seed: 1) { GpuDeviceId = 0, FallbackToCpu = true };
        var warnings = new List<string>();
        lenient.Log += (_, e) => warnings.Add(e.RawMessage);
        Assert.That(() => SmallData.Fit(lenient, SmallData.Scenes(lenient), SmallData.Options with { Epochs = 1 }), Throws.Nothing);
        Assert.That(warnings, Has.Some.StartsWith("GpuDeviceId is 0").And.Some.Contains("The CPU computes"));
    }
}
