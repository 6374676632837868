using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Differentiable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace DoseOptimization;

/// <summary>What one price of light led to.</summary>
/// <param name="Weight">The price.</param>
/// <param name="Light">Light as a share of that at the start.</param>
/// <param name="Electrons">Mean electrons at reference white.</param>
/// <param name="Accuracy">On the test set, measured by the stage that learnt, with its normal noise.</param>
/// <param name="ExactAccuracy">The same model behind the exact sampler, with the learnt camera.</param>
/// <param name="UnlearntAccuracy">The model of the start behind the exact sampler, in the learnt light with the camera as it was.</param>
/// <param name="Camera">What was learnt, in words.</param>
internal sealed record DoseResult(double Weight, double Light, double Electrons, double Accuracy, double ExactAccuracy, double UnlearntAccuracy, string Camera);

/// <summary>
/// Trains in good light, then lets camera, ISP and network learn together while light has a price: scene → measurement → ISP → network.
/// </summary>
internal sealed class DoseExperiment
{
    private static readonly DifferentiableMeasurementOptions GoodLight = new() { Sensor = SensorPresets.RawDrone };

    private readonly MLContext _ml;
    private readonly Settings _settings;
    private readonly CancellationToken _cancellation;
    private readonly IDataView _train, _test;
    private readonly TransformerChain<RawImageClassificationTransformer> _start;

    public DoseExperiment(MLContext ml, Settings settings, CancellationToken cancellation)
    {
        (_ml, _settings, _cancellation) = (ml, settings, cancellation);
        IDataView Smear(int count, int seed) => ml.Data.Cache(ml.Data.LoadSyntheticSmear(new() { Count = count, Size = settings.Size, Seed = seed }));
        (_train, _test) = (Smear(settings.TrainImages, 1000 + settings.Seed), Smear(settings.TestImages, 2000 + settings.Seed));
        _start = Fit(Learnable(), new() { Epochs = settings.BaseEpochs, LearningRate = 3e-3, WarmupSteps = 30, FreezeStages = true });
    }

    /// <summary>The model of the start, for which light had no price and the camera was as it is.</summary>
    public DoseResult Start() => Describe(0, _start);

    /// <summary>From the model of the start: everything learns, and the loss is cross entropy + weight · light.</summary>
    public DoseResult Optimize(double weight) => Describe(weight, Fit(Learnable(), new()
    {
        Epochs = _settings.DoseEpochs,
        LearningRate = 1e-3,
        StagePenaltyWeight = weight,
        ParameterLearningRates = new Dictionary<string, double> { ["Raw.exposure"] = _settings.ExposureRate, ["Raw.gain"] = 6 * _settings.ExposureRate },
        InitialModel = _start,
    }));

    private DoseResult Describe(double weight, TransformerChain<RawImageClassificationTransformer> model)
    {
        var camera = model.GetStage<DifferentiableMeasurement>("Raw");
        var (sensor, exposure) = (camera.CurrentSensor(), camera.CurrentExposure());
        double light = Math.Pow(2, camera.Exposure.item<float>());
        return new(
            weight, light, exposure.ElectronsAtWhite(sensor, 1), Accuracy(model), Accuracy(Behind(sensor, exposure, model)),
            Accuracy(Behind(GoodLight.Sensor, GoodLight.Exposure with { Illumination = (float)light }, _start)), camera.ToString());
    }

    /// <summary>A fitted model behind the exact sampler: the same ISP and network, nothing learns.</summary>
    private TransformerChain<RawImageClassificationTransformer> Behind(SensorModel sensor, Exposure exposure, ITransformer model) => Fit(
        _ml.Transforms.SimulateMeasurement("Raw", "Scene", sensor, exposure, rowKeyColumnName: "Name"),
        new() { Epochs = 1, InitialModel = model, FreezeNetwork = true, FreezeStages = true });

    private IEstimator<ITransformer> Learnable() => _ml.Transforms.SimulateMeasurement("Raw", "Scene", GoodLight);

    private TransformerChain<RawImageClassificationTransformer> Fit(IEstimator<ITransformer> measurement, RawImageClassificationTrainer.Options options)
    {
        var model = measurement
            .Append(_ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
            .Append(_ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue))
            .Append(_ml.MulticlassClassification.Trainers.RawImageClassification(
                options with { Architecture = Architecture.SmallCnn, Seed = _settings.Seed, CancellationToken = _cancellation }))
            .Fit(_train);
        _cancellation.ThrowIfCancellationRequested();
        return model;
    }

    private double Accuracy(ITransformer model) => _ml.MulticlassClassification.Evaluate(model.Transform(_test)).MicroAccuracy;
}
