using System.Diagnostics;
using System.Globalization;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.MLNet.Drift.Units;
using Lens2Logit.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Lens2Logit.MLNet.Drift.Synthesis;

/// <summary>Computes the units of a synthesis that are not there yet, and puts all of them together.</summary>
internal sealed class SynthesisRun
{
    private const string Label = "Label", View = "View";

    // Frames of training and of test are measured apart.
    private const int TrainFrames = 1, TestFrames = 2;

    private readonly MLContext _ml;
    private readonly SynthesisOptions _options;
    private readonly IChannel _channel;
    private readonly DriftTask _task;
    private readonly ImageSet _images;
    private readonly IReadOnlyList<DriftCondition> _conditions;
    private readonly IReadOnlyList<MeasurementDrift> _drifts;
    private readonly SortedDictionary<string, string> _experiment;
    private readonly UnitsOfWork _units;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Dictionary<string, string> _failures = [];
    private double _done, _total;

    public SynthesisRun(MLContext ml, DriftData data, SynthesisOptions options, IChannel channel)
    {
        (_ml, _options, _channel, _task) = (ml, options, channel, data.Task);
        if (options.Trainer.Task != _task)
        {
            throw new ArgumentException($"{nameof(SynthesisOptions.Trainer)} is for {options.Trainer.Task}, but the data has {(_task == DriftTask.Segmentation ? "masks" : "no masks")}: "
                + $"set {nameof(DriftData)}.{nameof(DriftData.MaskColumnName)} and {nameof(DriftTrainer)}.{nameof(DriftTrainer.RawImageSegmentation)} both, or neither.");
        }
        _images = ImageSet.Read(data);
        bool raw = _images.Shape.Length == 2;
        _conditions = options.Conditions ?? DriftCondition.Pipelines(raw ? null : new());
        _drifts = options.MeasurementDrifts ?? (raw ? [] : MeasurementDrift.Defaults);
        _experiment = Experiment();
        _units = new(options, _experiment, channel);
    }

    public SynthesisResult Run()
    {
        var units = (from split in Enumerable.Range(1, _options.Splits) from condition in _conditions select (Condition: condition, Split: split)).ToList();
        _total = Math.Max(1, _units.ToCompute(units.Select(unit => Name(unit.Condition, unit.Split))));
        var results = new List<UnitResult>();
        foreach (var split in units.GroupBy(unit => unit.Split))
        {
            var images = new Lazy<SplitImages>(() => new(_images, StratifiedSplit.Of(_images.Labels, _options.TestShare, unchecked(_options.Seed * 10_007 + split.Key))));
            foreach (var (condition, _) in split)
            {
                if (_units.Get(Name(condition, split.Key), () => TryCompute(condition, split.Key, images.Value)) is { } result)
                    results.Add(result);
            }
        }
        return new()
        {
            Task = _task,
            Run = RunRecord.Of(_experiment, _watch),
            Conditions = [.. _conditions.Select(c => c.Name)],
            Baseline = _options.Baseline ?? _conditions[0].Name,
            Splits = _options.Splits,
            Units = results,
            Missing = _units.Missing,
            Failures = _failures,
        };
    }

    /// <summary>The unit's result, or null if its model could not be trained: then it is reported, and the others go on.</summary>
    private UnitResult? TryCompute(DriftCondition condition, int split, SplitImages images)
    {
        try
        {
            return Compute(condition, split, images);
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException or InvalidOperationException)
        {
            var unit = Name(condition, split);
            _failures[unit] = e.Message;
            _channel.Warning($"{unit} failed: {e.Message}");
            return null;
        }
        finally
        {
            _done++;
        }
    }

    private UnitResult Compute(DriftCondition condition, int split, SplitImages images)
    {
        var watch = Stopwatch.StartNew();
        var name = Name(condition, split);
        var progress = new TrainingReport(p => Report(0.7 * p.Step / p.Steps, $"{name}: training"));
        var train = ViewRenderer.Render(images.Train, condition, TrainFrames);
        var trainer = _options.Trainer.Create(_ml, new(Label, View, unchecked(_options.Seed * 1009 + split), progress, _options.CancellationToken));
        if (_task == DriftTask.Classification)
            trainer = _ml.Transforms.Conversion.MapValueToKey(Label, keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Append(trainer);
        var model = trainer.Fit(train.ToView(_ml, View, Label));
        using var _ = model as IDisposable;
        // A trainer that was cancelled gives the model so far.
        _options.CancellationToken.ThrowIfCancellationRequested();

        var (scores, failures) = (new SortedDictionary<string, double>(StringComparer.Ordinal), new SortedDictionary<string, string>(StringComparer.Ordinal));
        var all = SynthesisTest.Of(condition, _conditions, _drifts, _options).ToList();
        foreach (var (key, test) in all)
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                scores[key] = Score(model.Transform(images.Of(key, test()).ToView(_ml, View, Label)));
            }
            catch (ArgumentException e)
            {
                failures[key] = e.Message;
                _channel.Warning($"{name}, test {key} failed: {e.Message}");
            }
            Report(0.7 + 0.3 * (scores.Count + failures.Count) / all.Count, $"{name}: testing");
        }
        return new(condition.Name, split, scores, failures, watch.Elapsed.TotalSeconds);
    }

    private static string Name(DriftCondition condition, int split) => FormattableString.Invariant($"{condition.Name}, split {split}");

    private double Score(IDataView scored) => _task == DriftTask.Classification
        ? _ml.MulticlassClassification.Evaluate(scored).MicroAccuracy
        : _ml.Segmentation().Evaluate(scored, Label).IntersectionOverUnion;

    private void Report(double share, string message) => _options.Progress?.Report(new(_done + share, _total, message));

    /// <summary>What decides about the results; not the number of splits, so that more can be added.</summary>
    private SortedDictionary<string, string> Experiment()
    {
        var experiment = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["data"] = $"{_images.Count} images of {string.Join("×", _images.Shape)}, {_images.Fingerprint()}",
            ["trainer"] = _options.Trainer.Description,
            ["seed"] = _options.Seed.ToString(CultureInfo.InvariantCulture),
            ["test share"] = _options.TestShare.ToString(CultureInfo.InvariantCulture),
            ["corruptions"] = string.Join(", ", _options.Corruptions),
            ["severities"] = string.Join(", ", _options.Severities),
            ["presets"] = string.Join(", ", _options.Presets),
            ["measurement drifts"] = string.Join(", ", _drifts.Select(d => d.Name)),
        };
        foreach (var condition in _conditions)
            experiment[$"condition {condition.Name}"] = Describe(condition);
        return experiment;
    }

    private static string Describe(DriftCondition condition) => string.Create(CultureInfo.InvariantCulture,
        $"{condition.Configuration} for {condition.Camera.Name}, {(condition.Acquisition is { } a ? $"{a.Sensor.Name} at {a.Exposure.Illumination}" : "raw")}, {RunRecord.Fingerprint(condition.ToJson())}");

    /// <summary>The images of one split; the test views of each pipeline are made once.</summary>
    private sealed class SplitImages(ImageSet all, StratifiedSplit split)
    {
        private readonly ImageSet _test = all.Subset(split.Test);
        private readonly Dictionary<string, ImageSet> _pipelines = [];

        public ImageSet Train { get; } = all.Subset(split.Train);

        public ImageSet Of(string key, DriftCondition condition)
        {
            if (!key.StartsWith(SynthesisTest.OtherPipeline, StringComparison.Ordinal))
                return ViewRenderer.Render(_test, condition, TestFrames);
            if (!_pipelines.TryGetValue(key, out var views))
                _pipelines[key] = views = ViewRenderer.Render(_test, condition, TestFrames);
            return views;
        }
    }
}
