#:project ../../src/Lens2Logit.MLNet/Lens2Logit.MLNet.csproj
#:property PublishAot=false

// %% [markdown]
// # 3 · Training through the ISP in an ML.NET pipeline
//
// The pipeline below is ordinary ML.NET. What is new: the trainer looks at how its feature column was made, finds the differentiable ISP,
// and trains it together with the network, by back-propagation from the logit to the raw image.

// %%
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Data;
using Lens2Logit.Networks;
using Lens2Logit.Plots;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

var ml = new MLContext(seed: 1);
ml.Log += (_, message) =>
{
    if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Info && message.Source.Contains("RawImageClassification"))
        Console.WriteLine(message.RawMessage);
};
var train = ml.Data.LoadSyntheticSmear(new() { Count = 800, Size = 48, Seed = 1 });
var test = ml.Data.LoadSyntheticSmear(new() { Count = 300, Size = 48, Seed = 2 });

// %% [markdown]
// ## The pipeline
//
// Scene → raw image at 30 % of the light → view → class. The raw images are cached: simulating them once is enough.

// %%
var camera = ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, new Exposure { Illumination = 0.3f }, rowKeyColumnName: "Name")
    .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }));
var pipeline = camera
    .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
    .AppendCacheCheckpoint(ml)
    .Append(ml.MulticlassClassification.Trainers.RawImageClassification(new()
    {
        LabelColumnName = "Label",
        FeatureColumnName = "Rgb",
        Architecture = Architecture.SmallCnn,
        Epochs = 10,
        LearningRate = 3e-3,
    }));
var model = pipeline.Fit(train);

// %% [markdown]
// ## How good is it?

// %%
var metrics = ml.MulticlassClassification.Evaluate(model.Transform(test));
Console.WriteLine($"accuracy {metrics.MicroAccuracy:P1}, log loss {metrics.LogLoss:F3}");
Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());

// %% [markdown]
// ## What has the ISP learnt?
//
// Its parameters are numbers with units. The static ISP would have kept black level 0.0625, gamma 2.2, and a sharpening kernel with 5 in
// its centre.

// %%
Console.WriteLine(model.GetStage<ParametrizedIsp>("Rgb"));

// %% [markdown]
// The same test images, developed as the ISP started and as it is now. It was tuned for the network's eyes, not for ours: what does not tell the classes
// apart may be overexposed, and the nucleus, whose shape does, stays.

// %%
SheetRow Views(string caption, IDataView data) => new(caption, [.. data.GetColumn<float[]>("Rgb").Take(6).Select(view => new SheetImage(view, 48, 48))]);

new ContactSheet { Rows = [Views("as it started", camera.Fit(test).Transform(test)), Views("as it learned to", model.Transform(test))], CellSize = 144 }.Save("03-views.png");

// %% [markdown]
// ## Keep it
//
// It is an ML.NET model: one file, with the weights of ISP and network, which any program that references the packages loads with plain
// `ml.Model.Load`.

// %%
ml.Model.Save(model, train.Schema, "03-model.zip");
var loaded = ml.Model.Load("03-model.zip", out _);
Console.WriteLine($"loaded: accuracy {ml.MulticlassClassification.Evaluate(loaded.Transform(test)).MicroAccuracy:P1}");
