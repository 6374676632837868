using Lens2Logit.Isp;
using Lens2Logit.Networks;
using Lens2Logit.Stages;
using Microsoft.ML;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// A stage and a network of one's own: registered once, they train, fuse, save and load like the library's.
StageRegistry.Register("exposure", _ => new Exposure());
NetworkRegistry.Register("TinyNet", options => nn.Sequential(
    nn.Conv2d(options.Channels, 24, 5, stride: 2), nn.BatchNorm2d(24), nn.ReLU(), nn.Conv2d(24, 48, 5, stride: 2), nn.BatchNorm2d(48), nn.ReLU(),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, options.Classes)));

var ml = new MLContext(seed: 1);
var train = ml.Data.LoadSyntheticSmear(new() { Count = 600, Seed = 1 });
var test = ml.Data.LoadSyntheticSmear(new() { Count = 100, Seed = 2 });
var pipeline = ml.Transforms.SimulateMeasurement("Raw", "Scene", rowKeyColumnName: "Name")
    .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
    .Append(ml.Transforms.ApplyStage("View", "Rgb", () => new Exposure()))
    .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
    .AppendCacheCheckpoint(ml)
    .Append(ml.MulticlassClassification.Trainers.RawImageClassification("Label", "View", "TinyNet", epochs: 10, learningRate: 5e-3));

var model = pipeline.Fit(train);                                        // trains Raw → ISP → exposure → TinyNet
var path = Path.Combine(Path.GetTempPath(), "own-model.zip");
ml.Model.Save(model, train.Schema, path);
var loaded = ml.Model.Load(path, out _);
Console.WriteLine($"gain {loaded.GetStage<Exposure>("View").Gain.item<float>():F3} (it started at 1)");
Console.WriteLine($"accuracy on five classes {ml.MulticlassClassification.Evaluate(loaded.Transform(test)).MicroAccuracy:P0}");

/// <summary>Multiplies the view by one learnable gain.</summary>
internal sealed class Exposure : DifferentiableStage
{
    public Exposure()
        : base("exposure") => register_parameter("gain", new Parameter(ones(1)));

    public Parameter Gain => get_parameter("gain")!;

    public override string OptionsToJson() => "{}";

    public override int[] OutputShape(ReadOnlySpan<int> inputShape) => inputShape.ToArray();

    public override Tensor forward(Tensor input) => input * Gain;
}
