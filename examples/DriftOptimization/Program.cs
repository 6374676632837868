using DriftOptimization;
using Microsoft.ML;
using Lens2Logit.MLNet.Training;

var ml = new MLContext(seed: 1);
var settings = new Settings { Seeds = args.Length > 0 ? int.Parse(args[0]) : 1, Data = args.Length > 1 ? args[1] : null };
for (int seed = 1; seed <= settings.Seeds; seed++)
{
    var w = System.Diagnostics.Stopwatch.StartNew();
    var data = ExampleData.Load(ml, settings, seed);
    var r = new Experiment(ml, settings, data, seed).Run(name => new P(name, w), default);
    Console.WriteLine($"{r.GoodLight:F3} drop {r.AfterDrop:F3} frozen {string.Join(' ', r.Frozen.Select(v => v.ToString("F3")))} learned {string.Join(' ', r.Learned.Select(v => v.ToString("F3")))} {w.Elapsed.TotalSeconds:F1} s");
}
class P(string name, System.Diagnostics.Stopwatch w) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress v) { if (v.EndOfEpoch) Console.WriteLine($"{w.Elapsed.TotalSeconds:F1} {name} {v.Epoch} loss {v.Loss:F3} acc {v.Accuracy:F3} val {v.ValidationAccuracy:F3}"); }
}
