#:project ../../src/Lens2Logit.MLNet/Lens2Logit.MLNet.csproj
#:property PublishAot=false

// %% [markdown]
// # 5 · Forensics: which settings break my model, and where is the limit?
//
// The task model stays as it is. The parameters of the ISP are changed, by gradient ascent on the model's loss, with a penalty on what a person
// would see change. What comes out is the smallest change that breaks the model, and from it a specification of what it tolerates.

// %%
using Lens2Logit.Isp;
using Lens2Logit.Networks;
using Lens2Logit.Plots;
using Lens2Logit.Sensors;
using Microsoft.ML;

var ml = new MLContext(seed: 1);
var train = ml.Data.Cache(ml.Data.LoadSyntheticSmear(new() { Count = 500, Size = 48, Seed = 1 }));
var test = ml.Data.Cache(ml.Data.LoadSyntheticSmear(new() { Count = 150, Size = 48, Seed = 2 }));
var model = ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, rowKeyColumnName: "Name")
    .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
    .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
    .Append(ml.MulticlassClassification.Trainers.RawImageClassification(new()
    {
        Architecture = Architecture.SmallCnn, Epochs = 12, LearningRate = 3e-3, WarmupSteps = 20, FreezeStages = true, Seed = 1,
    })).Fit(train);
Console.WriteLine($"accuracy as it is: {ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy:P1}");

// %% [markdown]
// ## Search
//
// `Weights` are the λ of the penalty 1 − SSIM: the larger, the more alike the images have to stay. Random changes of the same size are the control: a
// model that they break as well is merely fragile.

// %%
var result = ml.Drift().Investigate(model, train, new()
{
    EvaluationData = test,
    EvaluationImages = 150,
    SearchImages = 400,
    Epochs = 8,
    Weights = [3],
    ParameterSets = [["black_level"], ["gamma"]],
    SensitivityPoints = 7,
    Tolerance = new() { Axes = ["illumination", "black level", "gamma"], SearchPoints = 4, Bisections = 3, Samples = 4, JointSamples = 8 },
});
foreach (var finding in result.Findings)
    Console.WriteLine($"{finding.ParameterSet,-14} accuracy {finding.Score:P1} with views {finding.Similarity:P1} alike; random changes of that size: {finding.Control.MeanScore:P1}");

// %% [markdown]
// The black level breaks the model where a person sees little of it, and more so than random changes of that size: that is a weakness. The gradient
// found nothing in gamma at this price of a visible change.
//
// ## How sensitive is it?
//
// One quantity at a time, everything else as it was. Light is measured again at every point, with its noise; seven points show where to look, not where
// exactly the limit is.

// %%
foreach (var curve in result.Sensitivity.Where(c => c.Axis.Name is "illumination" or "black level"))
{
    new LineChart
    {
        Title = curve.Axis.Name,
        XAxis = new(curve.Axis.Unit.Length > 0 ? $"{curve.Axis.Name}, {curve.Axis.Unit}" : curve.Axis.Name) { Logarithmic = curve.Axis.Logarithmic },
        YAxis = new("accuracy") { Minimum = 0, Maximum = 1 },
        Series = [new("accuracy", curve.Values, curve.Scores) { Mark = SeriesMark.LineAndPoints }],
        VerticalLines = [new(curve.Axis.Nominal, "as it is")],
    }.Save($"05-{curve.Axis.Name.Replace(' ', '-')}.png");
}

// %% [markdown]
// ## The tolerance specification
//
// The interval of each quantity within which accuracy stays above a bound, checked by sampling inside. It is a file that goes with the model: in
// production `ml.Transforms.CheckTolerance` reads it and marks what was measured outside.

// %%
var tolerance = result.Tolerance!;
Console.WriteLine($"accuracy stays at {tolerance.MinimumScore:P1} or above for");
foreach (var interval in tolerance.Intervals)
    Console.WriteLine($"  {interval.Axis,-14} {interval.Low:G3} to {interval.High:G3} {interval.Unit} (as it is: {interval.Nominal:G3})");
tolerance.Save("05-tolerance.json");

var dark = ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, new Exposure { Illumination = 0.01f }, "Name")
    .Append(ml.Transforms.CheckTolerance("05-tolerance.json", model)).Fit(test).Transform(test);
int outside = dark.Preview(20).RowView.Count(row => (bool)row.Values.Single(v => v.Key == "OutsideTolerance").Value);
Console.WriteLine($"in a hundredth of the light {outside} of 20 images are marked as measured outside");
