#:project ../../src/Lens2Logit.MLNet/Lens2Logit.MLNet.csproj
#:property PublishAot=false

// %% [markdown]
// # 7 · End to end on your own images
//
// You have a folder of photographs in subfolders named after their classes. This notebook simulates a camera on them, trains through the ISP, and
// says how good the model is. Set `folder` to yours; where there is none of that name, a folder of blood cells is made, so that the notebook runs as it is.

// %%
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Data;
using Lens2Logit.Networks;
using Lens2Logit.Plots;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

var folder = Path.Combine(Path.GetTempPath(), "lens2logit-notebook-images");
const int size = 48;

if (!Directory.Exists(folder))
{
    var unfinished = folder + ".unfinished";
    var smear = new SyntheticSmear(new() { Count = 600, Size = size, Seed = 7 });
    var scene = new float[3 * size * size];
    var pixels = new byte[4 * size * size];
    for (int i = 0; i < smear.Count; i++)
    {
        smear.Render(i, scene);
        for (int p = 0; p < size * size; p++)
        {
            for (int c = 0; c < 3; c++)
                pixels[4 * p + c] = (byte)Math.Clamp(255 * Math.Pow(scene[c * size * size + p], 1 / 2.2) + 0.5, 0, 255);
            pixels[4 * p + 3] = 255;
        }
        var name = Path.Combine(unfinished, smear.Classes[smear.ClassOf(i)], $"{i}.png");
        Directory.CreateDirectory(Path.GetDirectoryName(name)!);
        using var image = MLImage.CreateFromPixels(size, size, MLPixelFormat.Rgba32, pixels);
        image.Save(name);
    }
    Directory.Move(unfinished, folder);
}

// %% [markdown]
// ## Files and labels

// %%
var ml = new MLContext(seed: 1);
var files = ml.Data.LoadImageFolder(folder);
var split = ml.Data.StratifiedShuffleSplit(files, numberOfSplits: 1, testFraction: 0.25)[0];
Console.WriteLine($"{files.GetColumn<string>("Label").Count()} images: {string.Join(", ", files.GetColumn<string>("Label").CountBy(l => l).OrderBy(l => l.Key).Select(l => $"{l.Value} {l.Key}"))}");

// %% [markdown]
// ## From file to class
//
// `ResizeImages` is needed because a measurement has to know the size. Each image is photographed in half of the light; its path keys the noise.

// %%
var camera = ml.Transforms.LoadImages("Image", folder, "Path")
    .Append(ml.Transforms.ResizeImages("Image", size, size))
    .Append(ml.Transforms.SimulateMeasurement("Raw", "Image", SensorPresets.RawDrone, new Exposure { Illumination = 0.5f }, rowKeyColumnName: "Path"))
    .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }));

// One image of each class, as the sensor measured it and as the ISP develops it before it has learnt anything.
var classes = ml.Data.CreateEnumerable<ImageFile>(files, reuseRowObject: false).DistinctBy(file => file.Label).ToList();
var photographed = camera.Fit(files).Transform(ml.Data.LoadFromEnumerable(classes));
new ContactSheet
{
    Rows =
    [
        new("raw", [.. photographed.GetColumn<float[]>("Raw").Select(raw => new SheetImage(raw, size, size))]),
        new("developed", [.. photographed.GetColumn<float[]>("Rgb").Zip(classes, (view, file) => new SheetImage(view, size, size, file.Label))]),
    ],
    CellSize = 144,
}.Save("07-images.png");

// %% [markdown]
// ## Train
//
// ISP and network learn together.

// %%
var pipeline = camera
    .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
    .Append(ml.MulticlassClassification.Trainers.RawImageClassification(new() { Architecture = Architecture.SmallCnn, Epochs = 20, LearningRate = 3e-3 }))
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
var model = pipeline.Fit(split.TrainSet);

// %%
var scored = model.Transform(split.TestSet);
var metrics = ml.MulticlassClassification.Evaluate(scored);
Console.WriteLine($"accuracy {metrics.MicroAccuracy:P1} on {scored.GetColumn<string>("Path").Count()} images");
Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());

// %% [markdown]
// ## Keep it, and use it elsewhere
//
// `MapKeyToValue` has turned the number of the predicted class into its name. Here one test image of each class:

// %%
ml.Model.Save(model, files.Schema, "07-model.zip");
var elsewhere = new MLContext().Model.Load("07-model.zip", out _);
var predicted = elsewhere.Transform(split.TestSet);
foreach (var (path, prediction) in predicted.GetColumn<string>("Path").Zip(predicted.GetColumn<string>("PredictedLabel")).DistinctBy(row => Path.GetDirectoryName(row.First)))
    Console.WriteLine($"{path}: {prediction}");
