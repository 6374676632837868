using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.MLNet.Drift.Units;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Drift.Optimization;

/// <summary>Repeats the experiment for every seed, and puts the results together.</summary>
internal sealed class OptimizationRun
{
    private readonly MLContext _ml;
    private readonly OptimizationOptions _options;
    private readonly ImageSet _data;
    private readonly ImageSet? _testData;
    private readonly IReadOnlyList<OptimizationArm> _arms;
    private readonly SortedDictionary<string, string> _experiment;
    private readonly UnitsOfWork _units;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private (int Seed, TransformerChain<ITransformer> Model)? _computed;
    private int _done, _total;

    public OptimizationRun(MLContext ml, DriftData data, OptimizationOptions options, IChannel channel)
    {
        data.RequireClasses("Optimize");
        (_ml, _options, _data) = (ml, options, ImageSet.Read(data));
        _testData = options.TestData is { } test ? ImageSet.Read(test) : null;
        OptimizationStart[] starts = options.FromScratch ? [OptimizationStart.Adapting, OptimizationStart.FromScratch] : [OptimizationStart.Adapting];
        var uses = Enum.GetValues<DataModelUse>().Where(use => use != DataModelUse.AcquisitionLearned || options.LearnAcquisition);
        _arms = [.. from start in starts from use in uses select new OptimizationArm(start, use)];
        _experiment = Experiment();
        _units = new(options, _experiment, channel);
    }

    public OptimizationResult Run()
    {
        var all = Enumerable.Range(_options.Seed, _options.Seeds).ToList();
        // Of each seed, the training before the drift and one for each arm.
        _total = Math.Max(1, _units.ToCompute(all.Select(Name)) * (_arms.Count + 1));
        var seeds = new List<SeedUnit>();
        try
        {
            foreach (int seed in all)
            {
                if (_units.Get(Name(seed), () => Compute(seed), (folder, unit) => unit.HoldsModel(folder, Name(seed))) is { } unit)
                    seeds.Add(unit);
            }
        }
        catch (OperationCanceledException) when (seeds.Count > 0)
        {
            // What is finished is shown.
        }
        if (seeds.Count == 0)
            throw new ArgumentException($"Shard {_options.Shard} holds none of the {_options.Seeds} seed(s), and no folder has a result. Use at most as many shards as seeds.", nameof(OptimizationOptions.Shard));
        var model = ModelOf(seeds[0]);
        return new()
        {
            Run = RunRecord.Of(Configuration(), _watch),
            Seeds = [.. seeds.Select(s => s.Result)],
            Missing = [.. all.Except(seeds.Select(s => s.Result.Seed)).Select(Name)],
            Level = _options.Level,
            LearnedModel = model,
            LearnedIsp = model.GetStage<ParametrizedIsp>(SeedRun.Rgb).ToString(),
            Examples = seeds[0].Examples,
        };
    }

    private static string Name(int seed) => string.Create(CultureInfo.InvariantCulture, $"seed {seed}");

    private SeedUnit Compute(int seed)
    {
        var (train, test) = Split(seed);
        var run = new SeedRun(_ml, _options, train, test, seed, Report);
        var result = run.Run(_arms);
        // One model is shown, that of the first seed; it is in memory where no earlier seed came from a file.
        _computed ??= (seed, run.LearnedModel);
        var checksum = _options.ResultFolder is { } folder ? SeedUnit.SaveModel(_ml, run.LearnedModel, run.Schema, SeedUnit.ModelPath(folder, Name(seed))) : "";
        return new(result, run.Examples(), checksum);
    }

    private TransformerChain<ITransformer> ModelOf(SeedUnit unit)
    {
        if (_computed is { } computed && computed.Seed == unit.Result.Seed)
            return computed.Model;
        var name = Name(unit.Result.Seed);
        return (TransformerChain<ITransformer>)_ml.Model.Load(SeedUnit.ModelPath(_units.Folders.First(folder => unit.HoldsModel(folder, name)), name), out _);
    }

    private void Report(double share, string message)
    {
        _options.Progress?.Report(new(_done + share, _total, message));
        if (share == 1)
            _done++;
    }

    private (ImageSet Train, ImageSet Test) Split(int seed)
    {
        if (_testData is { } test)
            return (_data, test);
        var split = StratifiedSplit.Of(_data.Labels, _options.TestShare, seed);
        return (_data.Subset(split.Train), _data.Subset(split.Test));
    }

    /// <summary>What decides about each seed; not how many there are, so that more can be added.</summary>
    private SortedDictionary<string, string> Experiment()
    {
        var experiment = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["data"] = $"{_data.Count} images of {string.Join("×", _data.Shape)}, {_data.Fingerprint()}{(_testData is { } t ? $"; test {t.Count}, {t.Fingerprint()}" : "")}",
            ["light"] = string.Create(CultureInfo.InvariantCulture, $"{_options.Before.Exposure.Illumination} → {_options.After.Exposure.Illumination}"),
            ["sensor"] = _options.Before.Sensor == _options.After.Sensor ? _options.Before.Sensor.Name : $"{_options.Before.Sensor.Name} → {_options.After.Sensor.Name}",
            ["acquisition"] = $"{Fingerprint(_options.Before)} → {Fingerprint(_options.After)}",
            ["network"] = _options.Training.Architecture,
            ["ISP"] = $"{_options.Isp.Camera.Name}, {Fingerprint(_options.Isp)}",
            ["ISP ends in batch normalisation"] = _options.Isp.BatchNorm ? "yes, in every arm" : "no, in no arm",
            ["adapting"] = string.Create(CultureInfo.InvariantCulture, $"{_options.AdaptationEpochs} epochs, rate {_options.AdaptationLearningRate}"),
            ["arms"] = string.Join("; ", _arms),
            ["example images"] = _options.ExampleImages.ToString(CultureInfo.InvariantCulture),
        };
        if (_testData is null)
            experiment["test share"] = _options.TestShare.ToString(CultureInfo.InvariantCulture);
        foreach (var (option, value) in RepeatedTraining.Describe(_options.Training))
            experiment[$"training: {option}"] = value;
        return experiment;

        static string Fingerprint<T>(T options) => RunRecord.Fingerprint(JsonSerializer.Serialize(options, DriftJson.Format));
    }

    private SortedDictionary<string, string> Configuration() => new(_experiment, StringComparer.Ordinal)
    {
        ["seeds"] = string.Create(CultureInfo.InvariantCulture, $"{_options.Seed} to {_options.Seed + _options.Seeds - 1}"),
    };
}
