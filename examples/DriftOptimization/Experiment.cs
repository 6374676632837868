using Lens2Logit.Examples;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Plots;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace DriftOptimization;

/// <summary>
/// What one seed gave: accuracies on the test set, the accuracy in low light after each epoch of adapting (from 0), the model adapted
/// with its ISP, and some test images as each model sees them.
/// </summary>
internal sealed record SeedResult(int Seed, double GoodLight, double AfterDrop, double[] Frozen, double[] Learned, ITransformer LearnedModel, IDataView Test, IReadOnlyList<SheetRow> Samples)
{
    public double AdaptedFrozen => Frozen[^1];

    public double AdaptedLearned => Learned[^1];
}

/// <summary>
/// Trains a model in good light, lets the light drop to 1 %, and adapts the model for a few epochs: once with the ISP frozen, once
/// learning the ISP with the network.
/// </summary>
internal sealed class Experiment(MLContext ml, Settings settings, ExampleData data, int seed)
{
    public static int PhasesPerSeed => 3;

    public SeedResult Run(Func<string, IProgress<TrainingProgress>> progressOf, CancellationToken cancellation)
    {
        var baseModel = Fit(settings.GoodLight, frameSeed: 1, Options(progressOf("train in good light")) with
        {
            Epochs = settings.BaseEpochs,
            LearningRate = settings.BaseLearningRate,
            WarmupSteps = 30,
            FreezeStages = true,
        });
        double goodLight = Accuracy(baseModel.LastTransformer, settings.GoodLight);
        double afterDrop = Accuracy(baseModel.LastTransformer, settings.LowLight);

        var (frozen, _) = Adapt(freezeIsp: true, progressOf("adapt, ISP frozen"));
        var (learned, learnedModel) = Adapt(freezeIsp: false, progressOf("adapt, ISP learned"));
        SheetRow[] samples =
        [
            new("good light", Views(baseModel.Transform(data.Test))),
            new("light at 1 %, ISP as it was", Views(Test(settings.LowLight))),
            new("light at 1 %, ISP learned", Views(learnedModel.Transform(data.Test))),
        ];
        return new(seed, goodLight, afterDrop, frozen, learned, learnedModel, data.Test, samples);

        (double[] Curve, ITransformer Model) Adapt(bool freezeIsp, IProgress<TrainingProgress> progress)
        {
            var curve = new List<double> { afterDrop };
            var model = Fit(settings.LowLight, frameSeed: 3, Options(new Tee(progress, curve)) with
            {
                Epochs = settings.AdaptationEpochs,
                LearningRate = settings.AdaptationLearningRate,
                FreezeStages = freezeIsp,
                InitialModel = baseModel,
                ValidationSet = Test(settings.LowLight),
            });
            return ([.. curve], model);
        }

        RawImageClassificationTrainer.Options Options(IProgress<TrainingProgress> progress) => new()
        {
            Architecture = settings.Architecture,
            Seed = seed,
            Progress = progress,
            CancellationToken = cancellation,
        };
    }

    /// <summary>From the scene to the prediction: the whole pipeline that a user would write.</summary>
    /// <exception cref="OperationCanceledException">Cancelled: the comparison needs every phase in full.</exception>
    private TransformerChain<RawImageClassificationTransformer> Fit(float illumination, int frameSeed, RawImageClassificationTrainer.Options options)
    {
        var model = Camera(illumination, frameSeed)
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue))
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification(options))
            .Fit(data.Train);
        options.CancellationToken.ThrowIfCancellationRequested();
        return model;
    }

    /// <summary>Scene → raw → view.</summary>
    private EstimatorChain<ITransformer> Camera(float illumination, int frameSeed)
    {
        IEstimator<ITransformer> measurement = ml.Transforms.SimulateMeasurement("Raw", data.SceneColumn, SensorPresets.RawDrone,
            new Exposure { Illumination = illumination }, rowKeyColumnName: data.KeyColumn, frameSeed: frameSeed);
        var chain = new EstimatorChain<ITransformer>();
        if (data.ReadImages is { } read)
            chain = chain.Append(read);
        return chain.Append(measurement)
            .Append<ITransformer>(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }));
    }

    /// <summary>A few images from all over the data; the others are not developed.</summary>
    private List<SheetImage> Views(IDataView developed)
    {
        const int count = 8;
        var views = new List<SheetImage>();
        long rows = developed.GetColumn<ReadOnlyMemory<char>>(data.KeyColumn).LongCount(), row = 0;
        using var cursor = developed.GetRowCursor([developed.Schema["Rgb"]]);
        var getView = cursor.GetGetter<VBuffer<float>>(developed.Schema["Rgb"]);
        VBuffer<float> view = default;
        for (; cursor.MoveNext(); row++)
        {
            if (row * count / rows < views.Count || views.Count == count)
                continue;
            getView(ref view);
            views.Add(new(view.DenseValues().ToArray(), settings.Size, settings.Size));
        }
        return views;
    }

    private double Accuracy(ITransformer classifier, float illumination) =>
        ml.MulticlassClassification.Evaluate(classifier.Transform(Test(illumination))).MicroAccuracy;

    /// <summary>The test set as the camera sees it in that light, with the training set's keys.</summary>
    private IDataView Test(float illumination)
    {
        var photographed = Camera(illumination, frameSeed: 2).Fit(data.Test).Transform(data.Test);
        var keys = ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(data.Train);
        return ml.Data.Cache(keys.Transform(photographed));
    }

    /// <summary>Passes progress on and keeps the accuracy after each epoch.</summary>
    private sealed class Tee(IProgress<TrainingProgress> next, List<double> curve) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.ValidationAccuracy is { } accuracy)
                curve.Add(accuracy);
            next.Report(value);
        }
    }
}
