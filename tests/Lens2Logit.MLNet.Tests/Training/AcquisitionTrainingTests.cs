using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Differentiable;
using Lens2Logit.Sensors.Optics;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace Lens2Logit.Tests.Training;

/// <summary>The trainer learns the acquisition too: lens → measurement → ISP → network, from the scene column.</summary>
public class AcquisitionTrainingTests
{
    private static readonly DifferentiableMeasurementOptions DimLight = new() { Exposure = new() { Illumination = 0.1f } };

    [Test]
    public void Lens_measurement_isp_and_network_learn_together_from_the_scene()
    {
        var ml = SmallData.Context();
        var messages = new List<string>();
        ml.Log += (_, e) => messages.Add(e.RawMessage);
        var reports = new Reports();
        var model = Fit(ml, SmallData.Scenes(ml, 60), SmallData.Options with
        {
            Epochs = 8, LearningRate = 3e-3, Progress = reports, ParameterLearningRates = new Dictionary<string, double> { ["Raw.read_noise"] = 0.1 },
        });

        var losses = reports.All.Where(r => r.EndOfEpoch).Select(r => r.Loss).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(messages, Has.Some.Contains("SmallCnn through Scene → lens → Image → measurement → Raw → parametrized-isp → Rgb on cpu"));
            Assert.That(losses[^1], Is.InRange(0, 0.7 * losses[0]));
            var measurement = model.GetStage<DifferentiableMeasurement>("Raw");
            Assert.That(model.GetStage<Lens>("Image").GaussianSigma!.data<float>().ToArray(), Has.All.Not.EqualTo(1f));
            Assert.That(measurement.Exposure.item<float>(), Is.Not.Zero);
            Assert.That(measurement.Gain.item<float>(), Is.Not.Zero);
            Assert.That(measurement.ReadNoise.item<float>(), Is.Not.EqualTo(3.3f));
            Assert.That(measurement.BlackLevel.item<float>(), Is.Not.EqualTo(SensorPresets.RawDrone.BlackLevelDn));
            Assert.That(model.GetStage<ParametrizedIsp>("Rgb").Gamma.item<float>(), Is.Not.EqualTo(2.2f));
        }
    }

    [Test]
    public void Each_parameter_has_its_own_rate_and_read_noise_stays_unless_it_is_given_one()
    {
        var ml = SmallData.Context();
        var model = Fit(ml, SmallData.Scenes(ml), SmallData.Options with { ParameterLearningRates = new Dictionary<string, double> { ["Raw.exposure"] = 0, ["gain"] = 1 } });
        var measurement = model.GetStage<DifferentiableMeasurement>("Raw");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(measurement.Exposure.item<float>(), Is.Zero);
            Assert.That(measurement.ReadNoise.item<float>(), Is.EqualTo(3.3f));

            // Adam's first step is its rate.
            Assert.That(Math.Abs(measurement.Gain.item<float>()), Is.GreaterThan(0.5));
        }
    }

    [Test]
    public void A_dearer_dose_takes_less_light()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        double[] light = [.. new[] { 0.0, 0.3, 10 }.Select(weight => Math.Pow(2, Fit(ml, data, SmallData.Options with { Epochs = 6, StagePenaltyWeight = weight })
            .GetStage<DifferentiableMeasurement>("Raw").Exposure.item<float>()))];
        Assert.That(light, Is.Ordered.Descending);
        Assert.That(light[2], Is.LessThan(0.7));
    }

    // A network that trains behind a frozen camera must not learn one noise by heart either.
    [Test]
    public void Noise_is_fresh_in_every_epoch_and_the_rows_own_where_nothing_is_learnt([Values] bool frozen)
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml, 16);
        var camera = SmallData.Camera(ml).Append(ml.Transforms.ApplyStage("View", "Rgb", () => new KeyProbe()));
        var validation = camera.Fit(data).Transform(data);
        KeyProbe.Seen.Clear();
        var model = camera.Append(ml.MulticlassClassification.Trainers.RawImageClassification(
            SmallData.Options with { FeatureColumnName = "View", ValidationSet = validation, FreezeStages = frozen })).Fit(data);
        var batches = KeyProbe.Seen.ToArray();
        KeyProbe.Seen.Clear();
        SmallData.Scores(model, data);

        // Two epochs: two batches of 8, then the validation set likewise.
        Assert.That(batches, Has.Length.EqualTo(8).And.All.Length.EqualTo(8));
        ulong[] Batches(int from) => [.. batches[from], .. batches[from + 1]];
        ulong[] first = Batches(0), second = Batches(4), rows = [.. Enumerable.Range(0, 16).Select(i => (ulong)i)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Batches(2), Is.EqualTo(rows));
            Assert.That(Batches(6), Is.EqualTo(rows));
            Assert.That(KeyProbe.Seen.SelectMany(keys => keys), Is.EqualTo(rows), "scoring");
            Assert.That(first.Concat(second).Concat(rows), Is.Unique);
        }
    }

    [Test]
    public void Accuracy_in_training_is_that_of_evaluating_the_model_noise_included()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        var camera = Camera(ml).Append(ml.Transforms.Conversion.MapValueToKey("Label"));
        var validation = camera.Fit(data).Transform(data);
        var reports = new Reports();
        var model = camera.Append(ml.MulticlassClassification.Trainers.RawImageClassification(
            SmallData.Options with { Epochs = 3, ValidationSet = validation, Progress = reports })).Fit(data);
        Assert.That(ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy, Is.EqualTo(reports.All[^1].ValidationAccuracy!.Value).Within(1e-9));
    }

    [Test]
    public void The_same_seed_gives_the_same_model_and_it_is_saved_and_loaded_with_what_it_learnt()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        var model = Fit(ml, data);
        var scores = SmallData.Scores(model, data);
        Assert.That(SmallData.Scores(Fit(ml, data), data), Is.EqualTo(scores));

        using var folder = new TemporaryFolder();
        ml.Model.Save(model, data.Schema, folder.File("model.zip"));
        var loaded = new MLContext().Model.Load(folder.File("model.zip"), out _);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SmallData.Scores(loaded, data), Is.EqualTo(scores));
            Assert.That(loaded.GetStage<DifferentiableMeasurement>("Raw").ToString(), Is.EqualTo(model.GetStage<DifferentiableMeasurement>("Raw").ToString()));
            Assert.That(loaded.GetStage<DifferentiableMeasurement>("Raw").Exposure.item<float>(), Is.Not.Zero);
        }
    }

    [Test]
    public void A_prediction_engine_measures_one_scene_at_a_time()
    {
        var ml = SmallData.Context();
        var data = ml.Data.Cache(SmallData.Scenes(ml, 12));
        var model = Fit(ml, data);
        var scene = ml.Data.CreateEnumerable<MLNet.Data.SyntheticSmearImage>(data, reuseRowObject: false).First();
        using var engine = ml.Model.CreatePredictionEngine<MLNet.Data.SyntheticSmearImage, Prediction>(model, data.Schema);
        Assert.That(engine.Predict(scene).Score, Is.EqualTo(SmallData.Scores(model, data)[0]).Within(1e-5f));
    }

    [Test]
    public void The_check_for_overwritten_columns_knows_the_noise_of_the_first_row()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml, 12);
        var camera = Camera(ml).Append(ml.Transforms.Conversion.MapValueToKey("Label"));
        var trainer = ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options);
        Assert.That(() => camera.Append(ml.Transforms.SelectColumns("Rgb", "Label", "Raw", "Image", "Scene")).Append(trainer).Fit(data), Throws.Nothing);
        var overwritten = camera.Append(ml.Transforms.CustomMapping<SceneRow, SceneRow>((from, to) => to.Scene = [.. from.Scene.Select(v => v / 2)], null, Schema(), Schema()));
        Assert.That(() => overwritten.Append(trainer).Fit(data), Throws.ArgumentException.With.Message.Contains("overwritten"));

        static SchemaDefinition Schema()
        {
            var schema = SchemaDefinition.Create(typeof(SceneRow));
            schema[nameof(SceneRow.Scene)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, SmallData.Size, SmallData.Size);
            return schema;
        }
    }

    [Test]
    public void An_isp_for_another_mosaic_and_one_behind_a_monochrome_sensor_are_refused()
    {
        var ml = SmallData.Context();
        void Refused(CfaPattern cfa, string message) => Assert.That(
            () => ml.Transforms.SimulateMeasurement("Raw", "Scene", new() { Sensor = SensorPresets.RawDrone with { Cfa = cfa } })
                .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone })).Fit(SmallData.Scenes(ml)), Throws.ArgumentException.With.Message.Contains(message));
        Refused(CfaPattern.Gbrg, "Set CameraParameters.Cfa to Gbrg");
        Refused(CfaPattern.Monochrome, "monochrome sensor");
    }

    [TestCase(float.NaN, "row 3, column 9")]
    [TestCase(-0.5f, "The scene is -0.5")]
    public void A_scene_that_is_no_light_is_named_with_its_row(float value, string message)
    {
        var ml = SmallData.Context();
        var scenes = Enumerable.Range(0, 6).Select(_ => new float[3 * 256]).ToArray();
        scenes[4][16 * 3 + 9] = value;
        var data = SmallData.Vectors(ml, "Scene", scenes, 3, 16, 16);
        var raw = ml.Transforms.SimulateMeasurement("Raw", "Scene", new DifferentiableMeasurementOptions()).Fit(data).Transform(data);
        Assert.That(() => raw.GetColumn<float[]>("Raw").Count(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Row 4 of column 'Scene'").And.Message.Contains(message));
    }

    [Test]
    public void Scenes_of_other_shapes_and_quantities_out_of_range_are_named()
    {
        var ml = SmallData.Context();
        var grey = SmallData.Vectors(ml, "Scene", [new float[256]], 1, 16, 16);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => ml.Transforms.SimulateMeasurement("Raw", "Scene", new DifferentiableMeasurementOptions()).Fit(grey),
                Throws.ArgumentException.With.Message.Contains("'Scene'").And.Message.Contains("[3, H, W]; found [1, 16, 16]"));
            Assert.That(() => ml.Transforms.SimulateLens("Image", "Scene", new() { FNumber = 4 }).Fit(grey), Throws.ArgumentException.With.Message.Contains("'Scene'"));
            Assert.That(() => ml.Transforms.SimulateMeasurement("Raw", "Scene", new() { Exposure = new() { Illumination = -1 } }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Illumination is -1"));
            Assert.That(() => ml.Transforms.SimulateLens("Image", "Scene", new() { FNumber = 0 }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("FNumber is 0"));
            Assert.That(() => ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { StagePenaltyWeight = -1 }),
                Throws.InstanceOf<ArgumentException>().With.Message.Contains("StagePenaltyWeight is -1; expected at least 0"));
        }
    }

    [Test]
    public void A_monochrome_camera_measures_scenes_of_one_channel()
    {
        var ml = SmallData.Context();
        var grey = SmallData.Vectors(ml, "Scene", [Enumerable.Repeat(0.5f, 35).ToArray()], 1, 7, 5);
        var camera = ml.Transforms.SimulateMeasurement("Raw", "Scene", new() { Sensor = SensorPresets.Emva1288Example });
        Assert.That(camera.Fit(grey).Transform(grey).GetColumn<float[]>("Raw").Single(), Has.Length.EqualTo(35).And.All.InRange(0.4f, 0.6f));
    }

    [Test]
    public void Training_and_scoring_leave_no_tensor_behind()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml, 16);
        var counts = new List<long>();
        LiveTensors.Count();
        var model = Fit(ml, data, SmallData.Options with { Epochs = 4, StagePenaltyWeight = 1, Progress = new Reports(_ => counts.Add(torch.Tensor.TotalCount)) });
        Assert.That(counts[2..], Has.All.EqualTo(counts[2]), "live tensors after each step");
        long before = LiveTensors.Count();
        SmallData.Scores(model, data);
        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before), "live tensors after scoring");
    }

    private static IEstimator<ITransformer> Camera(MLContext ml) => ml.Transforms.SimulateLens("Image", "Scene", new() { GaussianSigmaMicrometers = 1 })
        .Append(ml.Transforms.SimulateMeasurement("Raw", "Image", DimLight))
        .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }));

    private static TransformerChain<RawImageClassificationTransformer> Fit(MLContext ml, IDataView data, RawImageClassificationTrainer.Options? options = null) =>
        Camera(ml).Append(ml.Transforms.Conversion.MapValueToKey("Label")).Append(ml.MulticlassClassification.Trainers.RawImageClassification(options ?? SmallData.Options)).Fit(data);

    private sealed class SceneRow
    {
        public float[] Scene { get; set; } = [];
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
