using System.Diagnostics;
using System.Globalization;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Lens2Logit.MLNet.Drift.Optimization;

/// <summary>Trains before the drift, then goes on after it in every way, for every seed.</summary>
internal sealed class OptimizationRun
{
    private const string Raw = "Raw", Rgb = "Rgb", Label = "Label";

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
        _arms = [.. from start in starts from use in Enum.GetValues<DataModelUse>() select new OptimizationArm(start, use)];
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

        var (baseModel, _) = Train(Photographer.Photograph(train, _options.Before, BaseFrames), null, _options.Isp, _options.Training with { FreezeStages = true }, seed, name + "before the drift");
        var classifier = (RawImageClassificationTransformer)baseModel.LastTransformer;
        var compensated = Compensated(classifier);
        var curves = new Dictionary<OptimizationArm, LearningCurve>();
        TransformerChain<ITransformer>? learned = null;
        foreach (var arm in _arms)
        {
            bool adapting = arm.Start == OptimizationStart.Adapting;
            var initial = !adapting ? null : arm.Use == DataModelUse.Compensated ? compensated : classifier;
            var isp = !adapting && arm.Use == DataModelUse.Compensated ? _options.Isp with { Camera = Brighter(_options.Isp.Camera) } : _options.Isp;
            var options = _options.Training with { FreezeStages = arm.Use != DataModelUse.Learned };
            if (adapting)
                options = options with { Epochs = _options.AdaptationEpochs, LearningRate = _options.AdaptationLearningRate, WarmupSteps = 0, InitialModel = initial };
            var (model, curve) = Train(poorTrain, poorTest, isp, options, seed, name + arm);
            curves[arm] = initial is null ? curve : new([0, .. curve.Steps], [Accuracy(initial, poorTest), .. curve.Scores]);
            if (arm is { Start: OptimizationStart.Adapting, Use: DataModelUse.Learned })
                learned = model;
        }
        using var before = TaskModel.Of(baseModel);
        using var after = TaskModel.Of(learned!);
        var changes = StageParameter.Of(before).Select(p => new ParameterChange(p.FullName, p.Unit, p.Values(before.Original), p.Values(after.Original))).ToList();
        return (new(seed, Accuracy(classifier, goodTest), Accuracy(classifier, poorTest), curves, changes), learned!, Examples(before, after, goodTest, poorTest));
    }

    private (ImageSet Train, ImageSet Test) Split(int seed)
    {
        if (_testData is { } test)
            return (_data, test);
        var split = StratifiedSplit.Of(_data.Labels, _options.TestShare, seed);
        return (_data.Subset(split.Train), _data.Subset(split.Test));
    }

    /// <summary>Raw → Rgb → prediction, with the test score after each epoch.</summary>
    private (TransformerChain<ITransformer> Model, LearningCurve Curve) Train(ImageSet train, ImageSet? test, ParametrizedIspOptions isp, RawImageClassificationTrainer.Options options, int seed, string phase)
    {
        var (steps, scores) = (new List<int>(), new List<double>());
        var data = train.ToView(_ml, Raw, Label);
        var front = _ml.Transforms.ProcessRaw(Rgb, Raw, isp).Append(_ml.Transforms.Conversion.MapValueToKey(Label, keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)).Fit(data);
        var trainer = _ml.MulticlassClassification.Trainers.RawImageClassification(options with
        {
            LabelColumnName = Label,
            FeatureColumnName = Rgb,
            Seed = seed,
            ValidationSet = test is null ? null : front.Transform(test.ToView(_ml, Raw, Label)),
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
