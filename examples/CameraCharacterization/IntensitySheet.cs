using Lens2Logit.Isp;
using Lens2Logit.Plots;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CameraCharacterization;

/// <summary>One blood smear at the paper's seven intensities: one pipeline, whose light comes from a column.</summary>
internal static class IntensitySheet
{
    private const int Size = 256;

    public static void Save(string path)
    {
        var ml = new MLContext(seed: 1);
        var scene = ml.Data.LoadSyntheticSmear(new() { Count = 1, Size = Size, Seed = 7 }).GetColumn<float[]>("Scene").Single();
        var schema = SchemaDefinition.Create(typeof(Shot));
        schema[nameof(Shot.Scene)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, Size, Size);
        var shots = ml.Data.LoadFromEnumerable(Exposure.PaperIntensities.Select(light => new Shot { Scene = scene, Light = light }), schema);

        var camera = ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, illuminationColumnName: "Light")
            .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone, "ma,s,ga"));
        var views = camera.Fit(shots).Transform(shots).GetColumn<float[]>("Rgb").Zip(Exposure.PaperIntensities).ToList();
        new ContactSheet
        {
            CellSize = 160,
            Rows =
            [
                new("As the camera shows them", [.. views.Select(v => new SheetImage(v.First, Size, Size, FormattableString.Invariant($"intensity {v.Second}")))]),
                new("Brightened to the same level", [.. views.Select(v => new SheetImage(Brightened(v.First, v.Second), Size, Size))]),
                new("Detail", [.. views.Select(v => new SheetImage(Detail.Of(Brightened(v.First, v.Second), Size), Detail.Size, Detail.Size))]),
            ],
        }.Save(path);
    }

    // A gain of linear light, behind the γ of 2.2.
    private static float[] Brightened(float[] view, float intensity) => Array.ConvertAll(view, value => value * MathF.Pow(intensity, -1 / 2.2f));

    private sealed class Shot
    {
        public float[] Scene { get; set; } = [];

        public float Light { get; set; }
    }
}
