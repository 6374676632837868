using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests;

/// <summary>A few small images and the pipeline that most tests train on them.</summary>
internal static class SmallData
{
    public const int Size = 32;

    /// <summary>Images for which an additive layer, 12 bytes a pixel, has more weights than a column carries (64 kB).</summary>
    public const int LargeSize = 80;

    public static MLContext Context() => new(seed: 1);

    public static IDataView Scenes(MLContext ml, int count = 40, int seed = 1, int size = Size) => ml.Data.LoadSyntheticSmear(new() { Count = count, Size = size, Seed = seed });

    /// <summary>Scene → Raw → Rgb, and the label as a key.</summary>
    public static IEstimator<ITransformer> Camera(MLContext ml, ParametrizedIspOptions? isp = null) =>
        ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, rowKeyColumnName: "Name")
            .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", isp ?? new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
            .Append(ml.Transforms.Conversion.MapValueToKey("Label"));

    public static RawImageClassificationTrainer.Options Options => new() { Architecture = Architecture.SmallCnn, Epochs = 2, BatchSize = 8, Seed = 3 };

    public static TransformerChain<RawImageClassificationTransformer> Fit(MLContext ml, IDataView data, RawImageClassificationTrainer.Options? options = null) =>
        Camera(ml).Append(ml.MulticlassClassification.Trainers.RawImageClassification(options ?? Options)).Fit(data);

    /// <summary>Scenes with the mask of the nucleus.</summary>
    public static IDataView Masked(MLContext ml, int count = 24, int seed = 1) => ml.Data.LoadSegmentedSmear(new() { Count = count, Size = Size, Seed = seed });

    /// <summary>Scene → Raw → Rgb.</summary>
    public static IEstimator<ITransformer> MaskedCamera(MLContext ml) => ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, rowKeyColumnName: "Name")
        .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }));

    public static RawImageSegmentationTrainer.Options SegmentationOptions => new() { Architecture = SegmentationArchitecture.SmallUnet, Epochs = 2, BatchSize = 8, Seed = 3 };

    public static float[][] Scores(ITransformer model, IDataView data) => [.. model.Transform(data).GetColumn<float[]>("Score")];

    /// <summary>A data view with one column of vectors of the given shape.</summary>
    public static IDataView Vectors(MLContext ml, string name, float[][] values, params int[] shape)
    {
        var schema = SchemaDefinition.Create(typeof(VectorRow));
        var column = schema[nameof(VectorRow.Values)];
        column.ColumnName = name;
        column.ColumnType = new VectorDataViewType(NumberDataViewType.Single, shape);
        return ml.Data.LoadFromEnumerable(values.Select((v, i) => new VectorRow { Values = v, Label = i % 2 == 0 ? "a" : "b" }).ToList(), schema);
    }

    internal sealed class VectorRow
    {
        public float[] Values { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
