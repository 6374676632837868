using System.Globalization;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors.Differentiable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Lens2Logit.MLNet.Drift.Optimization;

/// <summary>One repetition: trains before the drift, then goes on after it in every way.</summary>
internal sealed class SeedRun
{
    public const string Rgb = "Rgb";

    private const string Scene = "Scene", Raw = "Raw", Label = "Label";

    // Series of images that must not share their noise.
    private const int BaseFrames = 1, TestFrames = 2, AdaptationFrames = 3;

    private readonly MLContext _ml;
    private readonly OptimizationOptions _options;
    private readonly ImageSet _train, _test, _goodTest, _poorTest, _poorTrain;
    private readonly int _seed;
    private readonly Action<double, string> _report;
    private readonly RawImageClassificationTransformer _before;

    /// <summary>Trains the model before the drift.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="options">Options.</param>
    /// <param name="train">Scenes to train on.</param>
    /// <param name="test">Scenes to test on.</param>
    /// <param name="seed">Seed of networks and orders.</param>
    /// <param name="report">Receives how much of a training is done, 1 once at its end, and what it is.</param>
    public SeedRun(MLContext ml, OptimizationOptions options, ImageSet train, ImageSet test, int seed, Action<double, string> report)
    {
        (_ml, _options, _train, _test, _seed, _report) = (ml, options, train, test, seed, report);
        _goodTest = Photographer.Photograph(test, options.Before, TestFrames);
        _poorTest = Photographer.Photograph(test, options.After, TestFrames);
        _poorTrain = Photographer.Photograph(train, options.After, AdaptationFrames);
        var good = Photographer.Photograph(train, options.Before, BaseFrames);
        _before = Classifier(Train(Develop(options.Isp), good, null, options.Training with { FreezeStages = true }, "before the drift").Model);
    }

    /// <summary>The adapted model with its learned ISP, after <see cref="Run"/>.</summary>
    public TransformerChain<ITransformer> LearnedModel { get; private set; } = null!;

    /// <summary>What that model takes.</summary>
    public DataViewSchema Schema => _poorTrain.ToView(_ml, Raw, Label).Schema;

    public SeedResult Run(IReadOnlyList<OptimizationArm> arms)
    {
        var curves = new Dictionary<OptimizationArm, LearningCurve>();
        IReadOnlyList<ParameterChange> acquisition = [];
        foreach (var arm in arms)
        {
            var start = arm.Start == OptimizationStart.Adapting ? StartOf(arm.Use) : null;
            var options = _options.Training with { FreezeStages = arm.Use is DataModelUse.Frozen or DataModelUse.Compensated };
            if (start is not null)
                options = options with { Epochs = _options.AdaptationEpochs, LearningRate = _options.AdaptationLearningRate, WarmupSteps = 0, InitialModel = start };
            var (model, curve) = arm.Use == DataModelUse.AcquisitionLearned
                ? LearnAcquisition(options, arm.ToString())
                : Train(Develop(start is null && arm.Use == DataModelUse.Compensated ? Brighter(_options.Isp) : _options.Isp), _poorTrain, _poorTest, options, arm.ToString());
            curves[arm] = curve;
            if (start is null)
                continue;
            // Like every score but those while the camera learns, behind the exact sampler.
            double atStart = Accuracy(arm.Use == DataModelUse.AcquisitionLearned ? _before : start, _poorTest);
            curves[arm] = new([0, .. curve.Steps], [atStart, .. curve.Scores]);
            if (arm.Use == DataModelUse.Learned)
                LearnedModel = model;
            if (arm.Use == DataModelUse.AcquisitionLearned)
                acquisition = Changes(start, Classifier(model));
        }
        return new(_seed, Accuracy(_before, _goodTest), Accuracy(_before, _poorTest), curves, Changes(_before, Classifier(LearnedModel))) { AcquisitionChanges = acquisition };
    }

    /// <summary>Test images before the drift, after it, and as the learned ISP develops them.</summary>
    public IReadOnlyList<ExampleRow> Examples()
    {
        if (_options.ExampleImages == 0)
            return [];
        var rows = _goodTest.Some(_options.ExampleImages);
        using var before = TaskModel.Of(_before);
        using var after = TaskModel.Of(LearnedModel);
        return [Row("before the drift", before, _goodTest), Row("after the drift, ISP as it was", before, _poorTest), Row("after the drift, ISP learned", after, _poorTest)];

        ExampleRow Row(string caption, TaskModel model, ImageSet raw) =>
            new(caption, [.. model.Views(model.Original, raw.Subset(rows)).Select(view => new ExampleView(view, raw.Height, raw.Width))]);
    }

    /// <summary>The trained model that adapting starts from.</summary>
    private RawImageClassificationTransformer StartOf(DataModelUse use) => use switch
    {
        DataModelUse.Compensated => Compensated(_before),
        DataModelUse.AcquisitionLearned => BehindCamera(_before),
        _ => _before,
    };

    /// <summary>
    /// Trains through the differentiable measurement, in which the light is fixed. While it learns the noise is normal; the last score is that behind
    /// the exact sampler, with the gain and the black level that were learned.
    /// </summary>
    private (TransformerChain<ITransformer> Model, LearningCurve Curve) LearnAcquisition(RawImageClassificationTrainer.Options options, string phase)
    {
        var rates = new Dictionary<string, double>(options.ParameterLearningRates) { [$"{Raw}.exposure"] = 0 };
        var (model, curve) = Train(_ml.Transforms.SimulateMeasurement(Raw, Scene, CameraAfter).Append(Develop(_options.Isp)),
            Photographer.OnSensor(_train, _options.After), Photographer.OnSensor(_test, _options.After), options with { ParameterLearningRates = rates }, phase);
        var camera = model.GetStage<DifferentiableMeasurement>(Raw);
        var exact = Photographer.Photograph(_test, _options.After with { Sensor = camera.CurrentSensor(), Exposure = camera.CurrentExposure() }, TestFrames);
        var classifier = Classifier(model);
        double score = Accuracy(classifier.Behind(new StageChain(Raw, exact.Shape, [.. classifier.StageLinks.Skip(1)])), exact);
        return (model, new(curve.Steps, [.. curve.Scores.SkipLast(1), score]));
    }

    private DifferentiableMeasurementOptions CameraAfter => new() { Sensor = _options.After.Sensor, Exposure = _options.After.Exposure, FrameSeed = AdaptationFrames };

    private RawImageClassificationTransformer BehindCamera(RawImageClassificationTransformer classifier) => classifier.Behind(
        new StageChain(Scene, _train.Shape, [new(Scene, Raw, new DifferentiableMeasurement(CameraAfter)), .. classifier.StageLinks]));

    private IEstimator<ITransformer> Develop(ParametrizedIspOptions isp) => _ml.Transforms.ProcessRaw(Rgb, Raw, isp);

    /// <summary>Images → Rgb → prediction, with the test score after each epoch.</summary>
    private (TransformerChain<ITransformer> Model, LearningCurve Curve) Train(IEstimator<ITransformer> stages, ImageSet train, ImageSet? test, RawImageClassificationTrainer.Options options, string phase)
    {
        var (steps, scores) = (new List<int>(), new List<double>());
        TrainingProgress last = null!;
        var column = train.Shape.Length == 3 ? Scene : Raw;
        var data = train.ToView(_ml, column, Label);
        var front = stages.Append(_ml.Transforms.Conversion.MapValueToKey(Label, keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)).Fit(data);
        var trainer = _ml.MulticlassClassification.Trainers.RawImageClassification(options with
        {
            LabelColumnName = Label,
            FeatureColumnName = Rgb,
            Seed = _seed,
            ValidationSet = test is null ? null : front.Transform(test.ToView(_ml, column, Label)),
            CancellationToken = _options.CancellationToken,
            Progress = new TrainingReport(progress =>
            {
                if (progress.ValidationAccuracy is { } score)
                {
                    steps.Add(progress.Step);
                    scores.Add(score);
                }
                // The end is reported below: a training may stop before its last step.
                double share = Math.Min(0.99, (double)progress.Step / progress.Steps);
                _report(share, $"seed {_seed}: {phase}");
                last = progress;
            }),
        });
        var classifier = trainer.Fit(front.Transform(data));
        // A cancelled trainer gives the model so far: comparisons need every phase in full.
        _options.CancellationToken.ThrowIfCancellationRequested();
        _report(1, string.Create(CultureInfo.InvariantCulture, $"seed {_seed}: {phase}  loss {last.Loss:F3}, accuracy {last.Accuracy:P1}{(scores.Count > 0 ? $", test {scores[^1]:P1}" : "")}"));
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

    private ParametrizedIspOptions Brighter(ParametrizedIspOptions isp) =>
        isp with { Camera = isp.Camera with { WhiteBalance = [.. isp.Camera.WhiteBalance.Select(v => v * _options.Compensation)] } };

    private static List<ParameterChange> Changes(RawImageClassificationTransformer before, RawImageClassificationTransformer after)
    {
        using var old = TaskModel.Of(before);
        using var now = TaskModel.Of(after);
        return [.. StageParameter.Of(old).Select(p => new ParameterChange(p.FullName, p.Unit, p.Values(old.Original), p.Values(now.Original)))];
    }

    private static RawImageClassificationTransformer Classifier(TransformerChain<ITransformer> model) => (RawImageClassificationTransformer)model.LastTransformer;
}
