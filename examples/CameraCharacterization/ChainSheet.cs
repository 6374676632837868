using Lens2Logit.Isp;
using Lens2Logit.Plots;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Optics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CameraCharacterization;

/// <summary>One blood smear on its way from the scene to the view: what lens, sensor and ISP make of it.</summary>
internal static class ChainSheet
{
    private const int Size = 192;

    public static void Save(string path)
    {
        var ml = new MLContext(seed: 1);
        var scene = ml.Data.LoadSyntheticSmear(new() { Count = 1, Size = Size, Seed = 7 });
        var camera = ml.Transforms.SimulateLens("Image", "Scene", new LensOptions { GaussianSigmaMicrometers = 3.5, CornerAngleDegrees = 35 })
            .Append(ml.Transforms.SimulateMeasurement("Raw", "Image", SensorPresets.RawDrone, new Exposure { Illumination = 0.25f }))
            .Append(ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone, "ma,s,ga"));
        var photographed = camera.Fit(scene).Transform(scene);
        var raw = Stretched(Column("Raw"));
        new ContactSheet
        {
            CellSize = 200,
            Rows =
            [
                new("",
                [
                    new(Displayed(Column("Scene")), Size, Size, "scene"),
                    new(Displayed(Column("Image")), Size, Size, "behind the lens"),
                    new(raw, Size, Size, "raw, a quarter of the light"),
                    new(Detail.Of(raw, Size), Detail.Size, Detail.Size, "its mosaic"),
                    new(Column("Rgb"), Size, Size, "view"),
                ]),
            ],
        }.Save(path);

        float[] Column(string name) => photographed.GetColumn<float[]>(name).Single();
    }

    // From its least value to its greatest: a raw image alone is dark.
    private static float[] Stretched(float[] raw)
    {
        float low = raw.Min(), high = raw.Max();
        return Array.ConvertAll(raw, value => (value - low) / (high - low));
    }

    // Linear light as a screen shows it.
    private static float[] Displayed(float[] linear) => Array.ConvertAll(linear, value => MathF.Pow(value, 1 / 2.2f));
}
