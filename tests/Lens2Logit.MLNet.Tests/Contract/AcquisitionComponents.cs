using Lens2Logit.Isp;
using Lens2Logit.Sensors;
using Microsoft.ML;

namespace Lens2Logit.Tests.Contract;

public abstract class AcquisitionContract : EstimatorContract
{
    protected override IDataView CreateData() => Ml.Data.Cache(SmallData.Scenes(Ml, 11));
}

public class SimulateLensContract : AcquisitionContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["Image"] = ["Scene"] };

    protected override IEstimator<ITransformer> CreateEstimator() => Ml.Transforms.SimulateLens("Image", "Scene", new() { FNumber = 4, CornerAngleDegrees = 10 });
}

/// <summary>With noise of its own, which must not depend on how rows are read.</summary>
public class DifferentiableSimulateMeasurementContract : AcquisitionContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["Raw"] = ["Scene"] };

    protected override IEstimator<ITransformer> CreateEstimator() =>
        Ml.Transforms.SimulateMeasurement("Raw", "Scene", new() { Sensor = SensorPresets.Imx477 with { Cfa = CfaPattern.Gbrg }, Exposure = new() { Illumination = 0.02f } });
}

/// <summary>The trainer behind lens, measurement and ISP: it starts from the scene and makes all three columns again.</summary>
public class AcquisitionRawImageClassificationContract : AcquisitionContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs =>
        new[] { "Image", "Raw", "Rgb", "PredictedLabel", "Score" }.ToDictionary(name => name, _ => new[] { "Scene" });

    protected override string[] Required => ["Rgb"];

    protected override IDataView CreateData()
    {
        var scenes = base.CreateData();
        return Ml.Data.Cache(Ml.Transforms.SimulateLens("Image", "Scene", new() { GaussianSigmaMicrometers = 1 })
            .Append(Ml.Transforms.SimulateMeasurement("Raw", "Image", new() { Exposure = new() { Illumination = 0.1f } }))
            .Append(Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
            .Append(Ml.Transforms.Conversion.MapValueToKey("Label")).Fit(scenes).Transform(scenes));
    }

    protected override IEstimator<ITransformer> CreateEstimator() => Ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { ScoringBatchSize = 4 });
}
