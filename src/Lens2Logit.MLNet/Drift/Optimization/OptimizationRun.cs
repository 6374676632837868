using System.Diagnostics;
using System.Globalization;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors.Differentiable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Lens2Logit.MLNet.Drift.Optimization;

/// <summary>Trains before the drift, then goes on after it in every way, for every seed.</summary>
internal sealed class OptimizationRun
{
    private const string Scene = "Scene", Raw = "Raw", Rgb = "Rgb", Label = "Label";

    // Series of images that must not share their noise.
    private const int BaseFrames = 1, TestFrames = 2, AdaptationFrames = 3;

    private readonly MLContext _ml;
    private readonly OptimizationOptions _options;
    private readonly ImageSet _data;
    private readonly ImageSet? _testData;
    private readonly IReadOnlyList<OptimizationArm> _arms;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _done;

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
        (TransformerChain<ITransformer> Model, string Isp, IReadOnlyList<ExampleRow> Examples)? first = null;
        try
        {
            for (int i = 0; i < _options.Seeds; i++)
            {
                var (result, model, examples) = RunSeed(_options.Seed + i);
                seeds.Add(result);
                first ??= (model, model.GetStage<ParametrizedIsp>(Rgb).ToString(), examples);
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
            LearnedModel = first!.Value.Model,
            LearnedIsp = first.Value.Isp,
            Examples = first.Value.Examples,
        };
    }

    private (SeedResult Result, TransformerChain<ITransformer> Learned, IReadOnlyList<ExampleRow> Examples) RunSeed(int seed)
    {
        var (train, test) = Split(seed);
        var goodTest = Photographer.Photograph(test, _options.Before, TestFrames);
        var poorTest = Photographer.Photograph(test, _options.After, TestFrames);
        var poorTrain = Photographer.Photograph(train, _options.After, AdaptationFrames);
        var name = string.Create(CultureInfo.InvariantCulture, $"seed {seed}: ");

        var (baseModel, _) = Train(Develop(_options.Isp), Photographer.Photograph(train, _options.Before, BaseFrames), null, _options.Training with { FreezeStages = true }, seed, name + "before the drift");
        var classifier = (RawImageClassificationTransformer)baseModel.LastTransformer;
        var compensated = Compensated(classifier);
        var curves = new Dictionary<OptimizationArm, LearningCurve>();
        TransformerChain<ITransformer>? learned = null;
        IReadOnlyList<ParameterChange> acquisitionChanges = [];
        foreach (var arm in _arms)
        {
            bool adapting = arm.Start == OptimizationStart.Adapting;
            var options = _options.Training with { FreezeStages = arm.Use is DataModelUse.Frozen or DataModelUse.Compensated };
            if (adapting)
                options = options with { Epochs = _options.AdaptationEpochs, LearningRate = _options.AdaptationLearningRate, WarmupSteps = 0 };
            if (arm.Use == DataModelUse.AcquisitionLearned)
            {
                var start = adapting ? BehindCamera(classifier) : null;
                var (after, learning) = LearnAcquisition(train, test, options with { InitialModel = start }, seed, name + arm);
                curves[arm] = start is null ? learning : new([0, .. learning.Steps], [Accuracy(classifier, poorTest), .. learning.Scores]);
                if (start is not null)
                    acquisitionChanges = Changes(start, after);
                continue;
            }
            var initial = !adapting ? null : arm.Use == DataModelUse.Compensated ? compensated : classifier;
            var isp = !adapting && arm.Use == DataModelUse.Compensated ? _options.Isp with { Camera = Brighter(_options.Isp.Camera) } : _options.Isp;
            var (model, curve) = Train(Develop(isp), poorTrain, poorTest, options with { InitialModel = initial }, seed, name + arm);
            curves[arm] = initial is null ? curve : new([0, .. curve.Steps], [Accuracy(initial, poorTest), .. curve.Scores]);
            if (arm is { Start: OptimizationStart.Adapting, Use: DataModelUse.Learned })
                learned = model;
        }
        using var original = TaskModel.Of(baseModel);
        using var adapted = TaskModel.Of(learned!);
        return (new(seed, Accuracy(classifier, goodTest), Accuracy(classifier, poorTest), curves, Changes(classifier, (RawImageClassificationTransformer)learned!.LastTransformer))
        {
            AcquisitionChanges = acquisitionChanges,
        }, learned, Examples(original, adapted, goodTest, poorTest));
    }

    /// <summary>
    /// Trains through the differentiable measurement, in which the light is fixed. While it learns the noise is normal; the last score is that behind
    /// the exact sampler, with the gain and the black level that were learned.
    /// </summary>
    private (RawImageClassificationTransformer After, LearningCurve Curve) LearnAcquisition(
        ImageSet train, ImageSet test, RawImageClassificationTrainer.Options options, int seed, string phase)
    {
        var rates = new Dictionary<string, double>(options.ParameterLearningRates) { [$"{Raw}.exposure"] = 0 };
        var (model, curve) = Train(_ml.Transforms.SimulateMeasurement(Raw, Scene, CameraAfter).Append(Develop(_options.Isp)),
            Photographer.OnSensor(train, _options.After), Photographer.OnSensor(test, _options.After), options with { ParameterLearningRates = rates }, seed, phase);
        var after = (RawImageClassificationTransformer)model.LastTransformer;
        var camera = model.GetStage<DifferentiableMeasurement>(Raw);
        var exact = Photographer.Photograph(test, _options.After with { Sensor = camera.CurrentSensor(), Exposure = camera.CurrentExposure() }, TestFrames);
        double score = Accuracy(after.Behind(new StageChain(Raw, exact.Shape, [.. after.StageLinks.Skip(1)])), exact);
        return (after, new(curve.Steps, [.. curve.Scores.SkipLast(1), score]));
    }

    private DifferentiableMeasurementOptions CameraAfter => new() { Sensor = _options.After.Sensor, Exposure = _options.After.Exposure, FrameSeed = AdaptationFrames };

    private RawImageClassificationTransformer BehindCamera(RawImageClassificationTransformer classifier) => classifier.Behind(
        new StageChain(Scene, _data.Shape, [new(Scene, Raw, new DifferentiableMeasurement(CameraAfter)), .. classifier.StageLinks]));

    private static List<ParameterChange> Changes(RawImageClassificationTransformer before, RawImageClassificationTransformer after)
    {
        using var old = TaskModel.Of(before);
        using var now = TaskModel.Of(after);
        return [.. StageParameter.Of(old).Select(p => new ParameterChange(p.FullName, p.Unit, p.Values(old.Original), p.Values(now.Original)))];
    }

    private (ImageSet Train, ImageSet Test) Split(int seed)
    {
        if (_testData is { } test)
            return (_data, test);
        var split = StratifiedSplit.Of(_data.Labels, _options.TestShare, seed);
        return (_data.Subset(split.Train), _data.Subset(split.Test));
    }

    private IEstimator<ITransformer> Develop(ParametrizedIspOptions isp) => _ml.Transforms.ProcessRaw(Rgb, Raw, isp);

    /// <summary>Images → Rgb → prediction, with the test score after each epoch.</summary>
    private (TransformerChain<ITransformer> Model, LearningCurve Curve) Train(IEstimator<ITransformer> stages, ImageSet train, ImageSet? test, RawImageClassificationTrainer.Options options, int seed, string phase)
    {
        var (steps, scores) = (new List<int>(), new List<double>());
        var column = train.Shape.Length == 3 ? Scene : Raw;
        var data = train.ToView(_ml, column, Label);
        var front = stages.Append(_ml.Transforms.Conversion.MapValueToKey(Label, keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)).Fit(data);
        var trainer = _ml.MulticlassClassification.Trainers.RawImageClassification(options with
        {
            LabelColumnName = Label,
            FeatureColumnName = Rgb,
            Seed = seed,
            ValidationSet = test is null ? null : front.Transform(test.ToView(_ml, column, Label)),
            CancellationToken = _options.CancellationToken,
            Progress = new Report(progress =>
            {
                if (progress.ValidationAccuracy is { } score)
                {
                    steps.Add(progress.Step);
                    scores.Add(score);
                }
                int all = _options.Seeds * (_arms.Count + 1);
                _options.Progress?.Report(new(_done + (double)progress.Step / progress.Steps, all, progress.EndOfEpoch && progress.Epoch == progress.Epochs
                    ? string.Create(CultureInfo.InvariantCulture, $"{phase}  loss {progress.Loss:F3}, accuracy {progress.Accuracy:P1}{(scores.Count > 0 ? $", test {scores[^1]:P1}" : "")}") : phase));
            }),
        });
        var classifier = trainer.Fit(front.Transform(data));
        // A cancelled trainer gives the model so far: comparisons need every phase in full.
        _options.CancellationToken.ThrowIfCancellationRequested();
        _done++;
        return (new TransformerChain<ITransformer>(front, classifier), new(steps, scores));
    }

    private double Accuracy(RawImageClassificationTransformer classifier, ImageSet raw)
    {
        var names = classifier.ClassNames;
        var predictions = classifier.Transform(raw.ToView(_ml, Raw, Label)).GetColumn<uint>("PredictedLabel");
        return (double)predictions.Zip(raw.Labels).Count(pair => names[(int)pair.First - 1] == pair.Second) / raw.Count;
    }

    /// <summary>The classifier behind an ISP that multiplies by what the light has lost.</summary>
    private RawImageClassificationTransformer Compensated(RawImageClassificationTransformer classifier)
    {
        using var model = TaskModel.Of(classifier);
        var stages = model.CopyStages();
        var gains = StageParameter.Of(model).Single(p => p.Name == "white_balance");
        gains.Set(stages, [.. gains.Values(stages).Select(v => v * _options.Compensation)]);
        return classifier.WithStages([.. classifier.StageLinks.Zip(stages, (link, stage) => link with { Stage = stage })]);
    }

    private CameraParameters Brighter(CameraParameters camera) => camera with { WhiteBalance = [.. camera.WhiteBalance.Select(v => v * _options.Compensation)] };

    private List<ExampleRow> Examples(TaskModel before, TaskModel after, ImageSet goodTest, ImageSet poorTest)
    {
        if (_options.ExampleImages == 0)
            return [];
        var rows = goodTest.Some(_options.ExampleImages);
        return [Row("before the drift", before, goodTest), Row("after the drift, ISP as it was", before, poorTest), Row("after the drift, ISP learned", after, poorTest)];

        ExampleRow Row(string caption, TaskModel model, ImageSet raw) =>
            new(caption, [.. model.Views(model.Original, raw.Subset(rows)).Select(view => new ExampleView(view, raw.Height, raw.Width))]);
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

    private sealed class Report(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        void IProgress<TrainingProgress>.Report(TrainingProgress value) => report(value);
    }
}
