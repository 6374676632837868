using Lens2Logit.Isp;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace Lens2Logit.Tests.Training;

/// <summary>Who owns weights, and what happens after they are released.</summary>
public class LifetimeTests
{
    private readonly MLContext _ml = SmallData.Context();

    // Not by counting tensors: TorchSharp counts every Parameter twice and takes back one.
    [Test]
    public void Disposing_a_model_frees_its_weights_and_disposing_again_does_nothing()
    {
        var model = SmallData.Fit(_ml, SmallData.Scenes(_ml, 12));
        var weights = model.LastTransformer.Network.parameters().Concat(model.GetStage<ParametrizedIsp>("Rgb").parameters()).ToList();
        Assert.That(weights, Has.Count.EqualTo(21).And.All.Property("IsInvalid").False);
        model.Dispose();
        model.Dispose();
        Assert.That(weights, Has.All.Property("IsInvalid").True);
    }

    [Test]
    public void Use_after_dispose_says_so_also_for_views_made_before()
    {
        var data = SmallData.Scenes(_ml, 12);
        var model = SmallData.Fit(_ml, data);
        var view = model.Transform(data);
        model.Dispose();
        Assert.That(() => view.GetColumn<float[]>("Score").First(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => view.GetColumn<float[]>("Rgb").First(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => model.LastTransformer.Transform(data), Throws.InstanceOf<ObjectDisposedException>());
        using var stream = new MemoryStream();
        Assert.That(() => _ml.Model.Save(model, data.Schema, stream), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void A_stage_shared_by_two_chains_lives_until_both_are_disposed()
    {
        var data = SmallData.Scenes(_ml, 2);
        var stage = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone });
        var pipeline = _ml.Transforms.SimulateMeasurement("Raw", "Scene").Append(_ml.Transforms.ApplyStage("Rgb", "Raw", () => stage));
        var (first, sibling) = (pipeline.Fit(data), pipeline.Fit(data));
        var expected = sibling.Transform(data).GetColumn<float[]>("Rgb").First();

        var engine = _ml.Model.CreatePredictionEngine<MLNet.Data.SyntheticSmearImage, View>(first, data.Schema);
        engine.Dispose();
        Assert.That(() => first.Transform(data), Throws.InstanceOf<ObjectDisposedException>(), "the engine owned the first chain");
        Assert.That(sibling.Transform(data).GetColumn<float[]>("Rgb").First(), Is.EqualTo(expected));

        sibling.Dispose();
        Assert.That(stage.Gamma.IsInvalid, Is.True);
    }

    [Test]
    public void Five_hundred_steps_and_two_thousand_predictions_keep_the_number_of_tensors()
    {
        var data = SmallData.Scenes(_ml, 20);
        var counts = new List<long>();
        LiveTensors.Count();
        using var model = SmallData.Fit(_ml, data, SmallData.Options with { Epochs = 250, BatchSize = 10, Progress = new Reports(_ => counts.Add(torch.Tensor.TotalCount)) });
        Assert.That(counts, Has.Count.EqualTo(500));
        Assert.That(counts[2..], Has.All.EqualTo(counts[2]));

        var engine = _ml.Model.CreatePredictionEngine<MLNet.Data.SyntheticSmearImage, Prediction>(model, data.Schema);
        var image = _ml.Data.CreateEnumerable<MLNet.Data.SyntheticSmearImage>(data, reuseRowObject: false).First();
        engine.Predict(image);
        long before = LiveTensors.Count();
        long memory = Environment.WorkingSet;
        for (int i = 0; i < 2000; i++)
            engine.Predict(image);
        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
        TestContext.Out.WriteLine($"resident memory grew by {(Environment.WorkingSet - memory) / 1048576.0:F1} MiB over 2,000 predictions");
    }

    private sealed class View
    {
        public float[] Rgb { get; set; } = [];
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
