#:project ../../src/Lens2Logit.MLNet/Lens2Logit.MLNet.csproj
#:property PublishAot=false

// %% [markdown]
// # 4 · Synthesise drift: how does my model do on another ISP?
//
// A network that is trained on images from one ISP meets images from another one as soon as someone changes a setting. `Synthesize` trains
// on each pipeline, tests on every pipeline, and compares the losses with those under corruptions and in other light.

// %%
using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Drift.Synthesis;
using Lens2Logit.Corruptions;
using Lens2Logit.Plots;
using Microsoft.ML;

var ml = new MLContext(seed: 1);
var data = new DriftData(ml.Data.LoadSyntheticSmear(new() { Count = 400, Size = 48, Seed = 1 }));

// %% [markdown]
// ## Three pipelines, one split
//
// A real study takes the twelve pipelines, several splits and all corruptions: the example `DriftSynthesis -- --full`, in shards and resumable. Here
// three pipelines and two corruptions show the idea.

// %%
var result = ml.Drift().Synthesize(data, new()
{
    Conditions = [.. DriftCondition.Pipelines(new()).Where(c => c.Name is "bi,s,ga" or "ma,u,me" or "me,s,ga")],
    Splits = 1,
    Corruptions = ["gaussian_noise", "contrast"],
    Severities = [3],
    Presets = [CorruptionPreset.Gentle],
    MeasurementDrifts = [MeasurementDrift.Light(0.05f), MeasurementDrift.Blur(1)],
    Trainer = DriftTrainer.RawImageClassification(new() { Architecture = "SmallCnn", Epochs = 10, LearningRate = 3e-3, WarmupSteps = 20 }),
});

// %% [markdown]
// ## Trained on the row, tested on the column

// %%
var accuracy = new double[result.Conditions.Count, result.Conditions.Count];
for (int row = 0; row < result.Conditions.Count; row++)
    for (int column = 0; column < result.Conditions.Count; column++)
        accuracy[row, column] = result.Cell(result.Conditions[row], result.Conditions[column]).Mean;
new HeatMap { Values = accuracy, RowLabels = result.Conditions, ColumnLabels = result.Conditions, RowTitle = "trained on", ColumnTitle = "tested on", ValueTitle = "accuracy", Minimum = 0, Maximum = 1 }.Save("04-pipelines.png");

// %% [markdown]
// The diagonal is what a usual test set would have shown. Whoever measures only that does not see the other cells coming.

// %%
var summary = result.Summary();
Console.WriteLine($"same pipeline {summary.SamePipeline.Mean:F3}");
Console.WriteLine($"other pipelines lose {summary.PipelineDrop.Mean:F3} on average, {summary.WorstPipelineDrop:F3} at worst ({summary.WorstPair})");
Console.WriteLine($"corruptions lose {summary.CorruptionDrop.Mean:F3}, drifts of the measurement {summary.MeasurementDrop.Mean:F3}");

// %% [markdown]
// `result.Save(folder)` writes the whole report as one HTML file, with tables as CSV and JSON and figures as PNG.
