using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Training;

/// <summary>The trainer finds the stage in front of it and learns through it.</summary>
public class FusedTrainingTests
{
    [Test]
    public void Isp_and_network_learn_together_and_the_loss_falls()
    {
        var ml = SmallData.Context();
        var reports = new Reports();
        var model = SmallData.Fit(ml, SmallData.Scenes(ml, 60), SmallData.Options with { Epochs = 8, LearningRate = 3e-3, Progress = reports });

        var losses = reports.All.Where(r => r.EndOfEpoch).Select(r => r.Loss).ToArray();
        Assert.That(losses, Has.Length.EqualTo(8));
        Assert.That(losses[^1], Is.InRange(0, 0.7 * losses[0]));
        using var initial = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone });
        var tuned = model.GetStage<ParametrizedIsp>("Rgb");
        foreach (var (name, parameter) in tuned.named_parameters())
            Assert.That((parameter - initial.get_parameter(name)!).abs().max().item<float>(), Is.GreaterThan(0), name);
    }

    [Test]
    public void What_is_frozen_keeps_every_weight_and_statistic([Values] bool network)
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        var before = SmallData.Fit(ml, data);
        var after = SmallData.Fit(ml, data, SmallData.Options with { InitialModel = before, FreezeNetwork = network, FreezeStages = !network });

        Assert.That(Differs(before.LastTransformer.Network, after.LastTransformer.Network), Is.EqualTo(!network));
        Assert.That(Differs(before.GetStage<ParametrizedIsp>("Rgb"), after.GetStage<ParametrizedIsp>("Rgb")), Is.EqualTo(network));
    }

    [Test]
    public void A_parameter_whose_rate_is_zero_stays_and_black_level_keeps_the_small_rate_of_the_stage([Values("gamma", "Rgb.gamma")] string name)
    {
        var ml = SmallData.Context();
        var model = SmallData.Fit(ml, SmallData.Scenes(ml), SmallData.Options with { ParameterLearningRates = new Dictionary<string, double> { [name] = 0 } });
        var isp = model.GetStage<ParametrizedIsp>("Rgb");
        Assert.That(isp.Gamma.item<float>(), Is.EqualTo(2.2f));
        // Adam moves a parameter by at most about its rate a step; there are ten.
        Assert.That(isp.BlackLevel[0].item<float>(), Is.Not.EqualTo(0.0625f).And.EqualTo(0.0625f).Within(2e-3));
        Assert.That(Math.Abs(isp.WhiteBalance[0].item<float>() - 2.8665f), Is.GreaterThan(2e-3));
    }

    [Test]
    public void A_warm_start_with_everything_frozen_gives_the_same_scores()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        var first = SmallData.Fit(ml, data);
        var second = SmallData.Fit(ml, data, SmallData.Options with { InitialModel = first, FreezeNetwork = true, FreezeStages = true, Epochs = 1, Seed = 99 });
        Assert.That(SmallData.Scores(second, data), Is.EqualTo(SmallData.Scores(first, data)));
    }

    [Test]
    public void The_same_seed_gives_the_same_model_and_another_seed_another()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        var first = SmallData.Scores(SmallData.Fit(ml, data), data);
        Assert.That(SmallData.Scores(SmallData.Fit(ml, data), data), Is.EqualTo(first));
        Assert.That(SmallData.Scores(SmallData.Fit(ml, data, SmallData.Options with { Seed = 4 }), data), Is.Not.EqualTo(first));
    }

    [Test]
    public void The_views_in_the_output_are_those_of_the_tuned_isp()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml, 12);
        var model = SmallData.Fit(ml, data, SmallData.Options with { StageLearningRate = 0.05 });
        var output = model.Transform(data);
        var raw = output.GetColumn<float[]>("Raw").First();

        using var scope = TorchSharp.torch.NewDisposeScope();
        var expected = model.GetStage<ParametrizedIsp>("Rgb").forward(TorchSharp.torch.tensor(raw).view(1, SmallData.Size, SmallData.Size)).detach().contiguous().data<float>().ToArray();
        Assert.That(output.GetColumn<float[]>("Rgb").First(), Is.EqualTo(expected).Within(1e-4f));
    }

    [Test]
    public void A_static_isp_in_front_trains_the_network_alone_with_a_warning_or_is_an_error_on_request()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml);
        var warnings = new List<string>();
        ml.Log += (_, e) =>
        {
            if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        var camera = ml.Transforms.SimulateMeasurement("Raw", "Scene").Append(ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone)).Append(ml.Transforms.Conversion.MapValueToKey("Label"));

        var model = camera.Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options)).Fit(data);
        Assert.That(SmallData.Scores(model, data), Has.Length.EqualTo(40));
        Assert.That(warnings, Has.Some.Contains("No differentiable stage made column 'Rgb'"));

        var strict = camera.Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { RequireDifferentiableStage = true }));
        Assert.That(() => strict.Fit(data), Throws.ArgumentException.With.Message.Contains("'Rgb'").And.Message.Contains("ParametrizedIspOptions"));
        Assert.That(() => model.GetStage<ParametrizedIsp>("Rgb"), Throws.ArgumentException.With.Message.Contains("no differentiable stage"));
    }

    [Test]
    public void A_source_overwritten_or_dropped_behind_the_isp_is_noticed()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml, 12);
        var trainer = ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options);
        var overwritten = SmallData.Camera(ml).Append(ml.Transforms.SimulateMeasurement("Raw", "Scene", frameSeed: 77));
        Assert.That(() => overwritten.Append(trainer).Fit(data), Throws.ArgumentException.With.Message.Contains("overwritten"));
        var dropped = SmallData.Camera(ml).Append(ml.Transforms.DropColumns("Raw"));
        Assert.That(() => dropped.Append(trainer).Fit(data), Throws.ArgumentException.With.Message.Contains("'Raw'").And.Message.Contains("no longer has"));
        var inPlace = ml.Transforms.SimulateMeasurement("X", "Scene").Append(ml.Transforms.ProcessRaw("X", null, new ParametrizedIspOptions())).Append(ml.Transforms.Conversion.MapValueToKey("Label"));
        Assert.That(() => inPlace.Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { FeatureColumnName = "X" })).Fit(data),
            Throws.ArgumentException.With.Message.Contains("'X'").And.Message.Contains("another name"));
        var reordered = SmallData.Camera(ml).Append(ml.Transforms.SelectColumns("Rgb", "Label", "Raw"));
        Assert.That(() => reordered.Append(trainer).Fit(data), Throws.Nothing);
    }

    [Test]
    public void A_stage_too_large_for_an_annotation_is_found_while_it_lives()
    {
        var ml = SmallData.Context();
        using var camera = FitLargeStage(ml, out var view);
        VBuffer<byte> mark = default;
        view.Schema["Rgb"].Annotations.GetValue("StageWeights", ref mark);
        Assert.That(mark.Length, Is.EqualTo(1 + 32), "its SHA-256 and not its weights");
        using var model = ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options).Fit(view);
        Assert.That(LargestMagnitude(model.GetStage<ParametrizedIsp>("Rgb").Additive!), Is.GreaterThan(0));
    }

    [Test]
    public void A_stage_too_large_for_an_annotation_that_was_disposed_is_to_be_named_to_the_trainer()
    {
        var ml = SmallData.Context();
        FitLargeStage(ml, out var view).Dispose();
        Assert.That(() => ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options).Fit(view),
            Throws.ArgumentException.With.Message.Contains("column 'Rgb' is too large").And.Message.Contains("disposed").And.Message.Contains("Options.Stages"));
    }

    [Test]
    public void Several_stages_train_in_a_row_and_may_be_named_instead_of_found()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml, 16);
        IEstimator<ITransformer> camera = ml.Transforms.SimulateMeasurement("Raw", "Scene", rowKeyColumnName: "Name").Append(ml.Transforms.Conversion.MapValueToKey("Label"));
        var isp = new ParametrizedIspOptions { Camera = CameraParameters.RawDrone };
        var options = SmallData.Options with { FeatureColumnName = "View" };

        var found = camera.Append(ml.Transforms.ProcessRaw("Rgb", "Raw", isp)).Append(ml.Transforms.ApplyStage("View", "Rgb", () => new GainStage()))
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification(options)).Fit(data);
        var named = camera.Append(ml.Transforms.ProcessRaw("View", "Raw", isp)).Append(ml.MulticlassClassification.Trainers.RawImageClassification(options with
        {
            Stages = [new("Raw", "Rgb", () => new ParametrizedIsp(isp)), new("Rgb", "View", () => new GainStage())],
        })).Fit(data);

        Assert.That(found.GetStage<GainStage>("View").Gain.item<float>(), Is.Not.EqualTo(1));
        Assert.That(SmallData.Scores(named, data), Is.EqualTo(SmallData.Scores(found, data)));
        var broken = options with { Stages = [new("Raw", "Rgb", () => new GainStage())] };
        Assert.That(() => camera.Append(ml.Transforms.ProcessRaw("View", "Raw", isp)).Append(ml.MulticlassClassification.Trainers.RawImageClassification(broken)).Fit(data),
            Throws.ArgumentException.With.Message.Contains("Stages[0]").And.Message.Contains("expected 'View'"));
    }

    [Test]
    public void A_step_that_is_not_differentiable_ends_the_chain()
    {
        var ml = SmallData.Context();
        var data = SmallData.Scenes(ml, 16);
        var pipeline = SmallData.Camera(ml).Append(ml.Transforms.CustomMapping<ViewRow, ViewRow>((from, to) => to.Rgb = [.. from.Rgb.Select(v => v * v)], null, SchemaDefinitionFor(), SchemaDefinitionFor()));
        var strict = pipeline.Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { RequireDifferentiableStage = true }));
        Assert.That(() => strict.Fit(data), Throws.ArgumentException.With.Message.Contains("No differentiable stage made column 'Rgb'"));

        static SchemaDefinition SchemaDefinitionFor()
        {
            var schema = SchemaDefinition.Create(typeof(ViewRow));
            schema[nameof(ViewRow.Rgb)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, SmallData.Size, SmallData.Size);
            return schema;
        }
    }

    [Test]
    public void Cross_validation_evaluation_and_prediction_engine_work()
    {
        var ml = SmallData.Context();
        var data = ml.Data.Cache(SmallData.Scenes(ml));
        var pipeline = SmallData.Camera(ml).Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options));
        var folds = ml.MulticlassClassification.CrossValidate(data, pipeline, numberOfFolds: 2);
        Assert.That(folds.Select(f => f.Metrics.MicroAccuracy), Has.All.InRange(0, 1));

        var model = pipeline.Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        var engine = ml.Model.CreatePredictionEngine<MLNet.Data.SyntheticSmearImage, Prediction>(model, data.Schema);
        var images = ml.Data.CreateEnumerable<MLNet.Data.SyntheticSmearImage>(data, reuseRowObject: false).Take(5).ToArray();
        var scores = SmallData.Scores(model, data);
        for (int i = 0; i < images.Length; i++)
        {
            var prediction = engine.Predict(images[i]);
            Assert.That(prediction.Score, Is.EqualTo(scores[i]).Within(1e-5f), "noise follows the name, so one row alone gives what the batch gave");
            Assert.That(prediction.Score.Sum(), Is.EqualTo(1).Within(1e-5));
            Assert.That(prediction.PredictedLabel, Is.AnyOf([.. model.FindAll<RawImageClassificationTransformer>().Single().ClassNames]));
        }
    }

    [Test]
    public void Labels_that_are_numbers_come_back_as_numbers()
    {
        var ml = SmallData.Context();
        var random = new Random(2);
        var rows = Enumerable.Range(0, 16).Select(i => new NumberedRow { Label = i % 2 == 0 ? 10 : -7, Rgb = [.. Enumerable.Range(0, 3 * 256).Select(_ => random.NextSingle())] }).ToList();
        var schema = SchemaDefinition.Create(typeof(NumberedRow));
        schema["Rgb"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, 16, 16);
        var data = ml.Data.LoadFromEnumerable(rows, schema);
        var model = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options)).Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        Assert.That(model.Transform(data).GetColumn<int>("PredictedLabel"), Has.All.AnyOf(10, -7));
    }

    private static IDisposable FitLargeStage(MLContext ml, out IDataView view)
    {
        var data = SmallData.Scenes(ml, 16, size: SmallData.LargeSize);
        var camera = SmallData.Camera(ml, new() { Camera = CameraParameters.RawDrone, AdditiveLayer = new(SmallData.LargeSize, SmallData.LargeSize) }).Fit(data);
        view = camera.Transform(data);
        return (IDisposable)camera;
    }

    private static float LargestMagnitude(TorchSharp.torch.Tensor tensor)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        return tensor.abs().max().item<float>();
    }

    private sealed class ViewRow
    {
        public float[] Rgb { get; set; } = [];
    }

    private sealed class NumberedRow
    {
        public int Label { get; set; }

        public float[] Rgb { get; set; } = [];
    }

    private sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }

    private static bool Differs(TorchSharp.torch.nn.Module a, TorchSharp.torch.nn.Module b) =>
        a.state_dict().Any(entry => !entry.Value.equal(b.state_dict()[entry.Key]).all().item<bool>());
}
