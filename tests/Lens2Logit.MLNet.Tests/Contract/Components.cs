using Lens2Logit.Isp;
using Lens2Logit.Sensors;
using Microsoft.ML;

namespace Lens2Logit.Tests.Contract;

public class SimulateMeasurementContract : EstimatorContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["Raw"] = ["Scene", "Name"] };

    protected override IDataView CreateData() => Ml.Data.Cache(SmallData.Scenes(Ml, 11));

    protected override IEstimator<ITransformer> CreateEstimator() => Ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.Imx477, new() { Illumination = 0.2f }, "Name");
}

/// <summary>The light of each row comes from a column.</summary>
public class SimulateMeasurementSweepContract : SimulateMeasurementContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["Raw"] = ["Scene", "Light", "Name"] };

    protected override IDataView CreateData()
    {
        var scenes = base.CreateData();
        return Ml.Data.Cache(Ml.Transforms.CustomMapping<Named, Lit>((from, to) => to.Light = (from.Name[^1] - '0' + 1) / 10f, null).Fit(scenes).Transform(scenes));
    }

    protected override IEstimator<ITransformer> CreateEstimator() => Ml.Transforms.SimulateMeasurement("Raw", "Scene", rowKeyColumnName: "Name", illuminationColumnName: "Light");

    private sealed class Named
    {
        public string Name { get; set; } = "";
    }

    private sealed class Lit
    {
        public float Light { get; set; }
    }
}

public class UnprocessImageContract : EstimatorContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["Linear"] = ["Scene", "Name"] };

    protected override IDataView CreateData() => Ml.Data.Cache(SmallData.Scenes(Ml, 11));

    protected override IEstimator<ITransformer> CreateEstimator() => Ml.Transforms.UnprocessImage("Linear", "Scene", rowKeyColumnName: "Name", seed: 4);
}

public abstract class ProcessRawContract : EstimatorContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["Rgb"] = ["Raw"] };

    protected virtual int Size => SmallData.Size;

    protected override IDataView CreateData()
    {
        var scenes = SmallData.Scenes(Ml, 11, size: Size);
        return Ml.Data.Cache(Ml.Transforms.SimulateMeasurement("Raw", "Scene", rowKeyColumnName: "Name").Fit(scenes).Transform(scenes));
    }
}

public class StaticProcessRawContract : ProcessRawContract
{
    protected override IEstimator<ITransformer> CreateEstimator() => Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone, "me,u,me");
}

public class ParametrizedProcessRawContract : ProcessRawContract
{
    protected override IEstimator<ITransformer> CreateEstimator() => Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone });
}

public class NoIspProcessRawContract : ProcessRawContract
{
    protected override IEstimator<ITransformer> CreateEstimator() => Ml.Transforms.ProcessRaw("Rgb", "Raw", new RawToRgbOptions());
}

/// <summary>A stage with more weights than a column carries.</summary>
public class LargeStageContract : ProcessRawContract
{
    protected override int Size => SmallData.LargeSize;

    protected override IEstimator<ITransformer> CreateEstimator() => Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { AdditiveLayer = new(Size, Size) });
}

public class RawImageClassificationContract : ProcessRawContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["PredictedLabel"] = ["View"], ["Score"] = ["View"] };

    protected override IDataView CreateData()
    {
        var raw = base.CreateData();
        return Ml.Data.Cache(Ml.Transforms.ProcessRaw("View", "Raw", CameraParameters.RawDrone).Append(Ml.Transforms.Conversion.MapValueToKey("Label")).Fit(raw).Transform(raw));
    }

    protected override IEstimator<ITransformer> CreateEstimator() =>
        Ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { FeatureColumnName = "View", ScoringBatchSize = 4 });
}

/// <summary>The trainer behind a differentiable stage: it makes the stage's column again.</summary>
public class FusedRawImageClassificationContract : ProcessRawContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["Rgb"] = ["Raw"], ["PredictedLabel"] = ["Raw"], ["Score"] = ["Raw"] };

    // Which column the stage started from is known with the data only.
    protected override string[] Required => ["Rgb"];

    protected override IDataView CreateData()
    {
        var raw = base.CreateData();
        return Ml.Data.Cache(Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone })
            .Append(Ml.Transforms.Conversion.MapValueToKey("Label")).Fit(raw).Transform(raw));
    }

    protected override IEstimator<ITransformer> CreateEstimator() => Ml.MulticlassClassification.Trainers.RawImageClassification(SmallData.Options with { ScoringBatchSize = 4 });
}

/// <summary>Labels that are numbers: the annotations of the score differ.</summary>
public class NumericLabelContract : RawImageClassificationContract
{
    protected override IDataView CreateData()
    {
        var data = base.CreateData();
        return Ml.Data.Cache(Ml.Transforms.Conversion.MapKeyToValue("Label")
            .Append(Ml.Transforms.Conversion.MapValue("Label", new Dictionary<string, int> { ["Lymphocyte"] = 3, ["Monocyte"] = 5, ["Neutrophil"] = 7, ["Eosinophil"] = 9, ["Basophil"] = 11 }, "Label"))
            .Append(Ml.Transforms.Conversion.MapValueToKey("Label")).Fit(data).Transform(data));
    }
}

public class RawImageSegmentationContract : ProcessRawContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["PredictedMask"] = ["View"], ["Score"] = ["View"] };

    protected override IDataView CreateData()
    {
        var scenes = SmallData.Masked(Ml, 11);
        return Ml.Data.Cache(Ml.Transforms.SimulateMeasurement("Raw", "Scene", rowKeyColumnName: "Name").Append(Ml.Transforms.ProcessRaw("View", "Raw", CameraParameters.RawDrone)).Fit(scenes).Transform(scenes));
    }

    protected override IEstimator<ITransformer> CreateEstimator() =>
        Ml.Segmentation().Trainers.RawImageSegmentation(SmallData.SegmentationOptions with { FeatureColumnName = "View", ScoringBatchSize = 4 });
}

/// <summary>The segmentation trainer behind a differentiable stage: it makes the stage's column again.</summary>
public class FusedRawImageSegmentationContract : ProcessRawContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["Rgb"] = ["Raw"], ["PredictedMask"] = ["Raw"], ["Score"] = ["Raw"] };

    // Which column the stage started from is known with the data only.
    protected override string[] Required => ["Rgb"];

    protected override IDataView CreateData()
    {
        var scenes = SmallData.Masked(Ml, 11);
        return Ml.Data.Cache(SmallData.MaskedCamera(Ml).Fit(scenes).Transform(scenes));
    }

    protected override IEstimator<ITransformer> CreateEstimator() => Ml.Segmentation().Trainers.RawImageSegmentation(SmallData.SegmentationOptions with { ScoringBatchSize = 4 });
}
