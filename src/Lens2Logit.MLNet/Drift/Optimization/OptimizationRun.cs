using System.Diagnostics;
using System.Globalization;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift.Reports;
using Microsoft.ML;

namespace Lens2Logit.MLNet.Drift.Optimization;

/// <summary>Repeats the experiment for every seed, and puts the results together.</summary>
internal sealed class OptimizationRun
{
    private readonly MLContext _ml;
    private readonly OptimizationOptions _options;
    private readonly ImageSet _data;
    private readonly ImageSet? _testData;
    private readonly IReadOnlyList<OptimizationArm> _arms;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public OptimizationRun(MLContext ml, DriftData data, OptimizationOptions options)
    {
        data.RequireClasses("Optimize");
        (_ml, _options, _data) = (ml, options, ImageSet.Read(data));
        _testData = options.TestData is { } test ? ImageSet.Read(test) : null;
        OptimizationStart[] starts = options.FromScratch ? [OptimizationStart.Adapting, OptimizationStart.FromScratch] : [OptimizationStart.Adapting];
        var uses = Enum.GetValues<DataModelUse>().Where(use => use != DataModelUse.AcquisitionLearned || options.LearnAcquisition);
        _arms = [.. from start in starts from use in uses select new OptimizationArm(start, use)];
    }

    public OptimizationResult Run()
    {
        var seeds = new List<SeedResult>();
        SeedRun? first = null;
        // Of each seed, the training before the drift and one for each arm.
        int done = 0, all = _options.Seeds * (_arms.Count + 1);
        try
        {
            for (int seed = _options.Seed; seed < _options.Seed + _options.Seeds; seed++)
            {
                var (train, test) = Split(seed);
                var run = new SeedRun(_ml, _options, train, test, seed, Report);
                seeds.Add(run.Run(_arms));
                first ??= run;
            }
        }
        catch (OperationCanceledException) when (seeds.Count > 0)
        {
            // What is finished is shown.
        }
        return new()
        {
            Run = RunRecord.Of(Configuration(), _watch),
            Seeds = seeds,
            Level = _options.Level,
            LearnedModel = first!.LearnedModel,
            LearnedIsp = first.LearnedModel.GetStage<ParametrizedIsp>(SeedRun.Rgb).ToString(),
            Examples = first.Examples(),
        };

        void Report(double share, string message)
        {
            _options.Progress?.Report(new(done + share, all, message));
            if (share == 1)
                done++;
        }
    }

    private (ImageSet Train, ImageSet Test) Split(int seed)
    {
        if (_testData is { } test)
            return (_data, test);
        var split = StratifiedSplit.Of(_data.Labels, _options.TestShare, seed);
        return (_data.Subset(split.Train), _data.Subset(split.Test));
    }

    private SortedDictionary<string, string> Configuration() => new(StringComparer.Ordinal)
    {
        ["data"] = $"{_data.Count} images of {string.Join("×", _data.Shape)}, {_data.Fingerprint()}{(_testData is { } t ? $"; test {t.Count}, {t.Fingerprint()}" : "")}",
        ["light"] = string.Create(CultureInfo.InvariantCulture, $"{_options.Before.Exposure.Illumination} → {_options.After.Exposure.Illumination}"),
        ["sensor"] = _options.Before.Sensor == _options.After.Sensor ? _options.Before.Sensor.Name : $"{_options.Before.Sensor.Name} → {_options.After.Sensor.Name}",
        ["network"] = _options.Training.Architecture,
        ["training"] = string.Create(CultureInfo.InvariantCulture, $"{_options.Training.Epochs} epochs, rate {_options.Training.LearningRate}, batch {_options.Training.BatchSize}"),
        ["adapting"] = string.Create(CultureInfo.InvariantCulture, $"{_options.AdaptationEpochs} epochs, rate {_options.AdaptationLearningRate}"),
        ["rate of the ISP"] = string.Create(CultureInfo.InvariantCulture, $"{_options.Training.StageLearningRate}, black level 0.0001"),
        ["ISP ends in batch normalisation"] = _options.Isp.BatchNorm ? "yes, in every arm" : "no, in no arm",
        ["seeds"] = string.Create(CultureInfo.InvariantCulture, $"{_options.Seed} to {_options.Seed + _options.Seeds - 1}"),
    };
}
