#:project ../../src/Lens2Logit.MLNet/Lens2Logit.MLNet.csproj
#:property PublishAot=false

// %% [markdown]
// # 6 · Optimise: let the data model learn with the task
//
// A model was trained in good light; then the light drops to a hundredth. One can adapt the network alone, multiply the images by a hundred and
// adapt the network, or adapt the ISP and the network together. `Optimize` does all three, over several seeds, and compares them in pairs.

// %%
using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Drift.Optimization;
using Lens2Logit.Networks;
using Lens2Logit.Plots;
using Microsoft.ML;

var ml = new MLContext(seed: 1);
var result = ml.Drift().Optimize(new DriftData(ml.Data.LoadSyntheticSmear(new() { Count = 600, Size = 48, Seed = 1 })), new()
{
    TestData = new DriftData(ml.Data.LoadSyntheticSmear(new() { Count = 150, Size = 48, Seed = 2 })),
    Training = new() { Architecture = Architecture.SmallCnn, Epochs = 10, LearningRate = 3e-3, WarmupSteps = 20 },
    AdaptationEpochs = 4,
    FromScratch = false,
    Seeds = 2,
});
foreach (var seed in result.Seeds)
    Console.WriteLine($"seed {seed.Seed}: {seed.BeforeDrift:P1} in good light, {seed.AfterDrift:P1} after the drop");

// %% [markdown]
// ## Curves
//
// Mean over the seeds, with one standard deviation.

// %%
var first = result.Seeds[0].Curves;
new LineChart
{
    XAxis = new("optimiser steps"),
    YAxis = new("accuracy in a hundredth of the light") { Minimum = 0, Maximum = 1 },
    Series = [.. result.Arms.Select(arm => PlotSeries.OfRuns(arm.ToString(), [.. first[arm].Steps.Select(s => (double)s)], [.. result.Seeds.Select(s => s.Curves[arm].Scores)]))],
}.Save("06-adapting.png");

// %%
var learned = new OptimizationArm(OptimizationStart.Adapting, DataModelUse.Learned);
foreach (var other in new[] { DataModelUse.Frozen, DataModelUse.Compensated })
{
    var difference = result.Difference(learned, learned with { Use = other });
    Console.WriteLine($"ISP learned − {other}: {difference.Mean:P1}, {difference.Confidence:P0} confidence {difference.Low:P1} to {difference.High:P1} ({difference.Count} pairs)");
}

// %% [markdown]
// Two seeds are enough to see it and too few to prove it: the interval says so. The example `DriftOptimization -- --seeds 5` does it properly.
//
// ## What the ISP has learnt

// %%
Console.WriteLine(result.LearnedIsp);
