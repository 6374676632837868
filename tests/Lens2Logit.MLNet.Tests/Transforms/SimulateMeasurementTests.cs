using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Transforms;

public class SimulateMeasurementTests
{
    private static readonly MLContext Ml = SmallData.Context();

    [Test]
    public void A_linear_scene_gives_what_the_sampler_gives()
    {
        var scenes = SmallData.Scenes(Ml, 3);
        var raw = Transform(scenes, Ml.Transforms.SimulateMeasurement("Raw", "Scene", frameSeed: 5)).GetColumn<float[]>("Raw").ToArray();

        var sampler = new MeasurementSampler(SensorPresets.RawDrone, new(), 5);
        var scene = scenes.GetColumn<float[]>("Scene").ElementAt(2);
        var expected = new float[SmallData.Size * SmallData.Size];
        sampler.Measure(scene, SmallData.Size, SmallData.Size, rowKey: 2, expected);
        Assert.That(raw[2], Is.EqualTo(expected));
    }

    [Test]
    public void The_raw_column_says_what_its_numbers_mean()
    {
        var column = Transform(SmallData.Scenes(Ml, 1), Ml.Transforms.SimulateMeasurement("Raw", "Scene")).Schema["Raw"];
        Assert.That(((VectorDataViewType)column.Type).Dimensions, Is.EqualTo(new[] { SmallData.Size, SmallData.Size }));
        ReadOnlyMemory<char> text = default;
        column.Annotations.GetValue(RawAnnotations.CfaPattern, ref text);
        Assert.That(text.ToString(), Is.EqualTo("Rggb"));
        column.Annotations.GetValue(RawAnnotations.SensorName, ref text);
        Assert.That(text.ToString(), Is.EqualTo("RawDrone"));
        int bits = 0;
        column.Annotations.GetValue(RawAnnotations.BitDepth, ref bits);
        Assert.That(bits, Is.EqualTo(12));
        float level = 0;
        column.Annotations.GetValue(RawAnnotations.BlackLevel, ref level);
        Assert.That(level, Is.EqualTo(0.0625f).Within(1e-6));
        column.Annotations.GetValue(RawAnnotations.WhiteLevel, ref level);
        Assert.That(level, Is.EqualTo(1f).Within(1e-3));
    }

    [Test]
    public void Noise_follows_the_key_column_through_shuffling_and_filtering()
    {
        var scenes = Ml.Data.Cache(SmallData.Scenes(Ml, 12));
        var estimator = Ml.Transforms.SimulateMeasurement("Raw", "Scene", rowKeyColumnName: "Name");
        var plain = ByName(Transform(scenes, estimator));
        var shuffled = ByName(Transform(Ml.Data.ShuffleRows(scenes, seed: 3), estimator));
        var filtered = ByName(Transform(Ml.Data.SkipRows(scenes, 5), estimator));

        foreach (var (name, raw) in shuffled.Concat(filtered))
            Assert.That(raw, Is.EqualTo(plain[name]), name);
        Assert.That(filtered, Has.Count.EqualTo(7));
    }

    [Test]
    public void Without_a_key_column_the_row_id_is_the_key_and_the_frame_seed_tells_series_apart()
    {
        var scenes = SmallData.Scenes(Ml, 2);
        float[] First(int frameSeed) => Transform(scenes, Ml.Transforms.SimulateMeasurement("Raw", "Scene", frameSeed: frameSeed)).GetColumn<float[]>("Raw").First();
        var first = First(1);
        Assert.That(First(1), Is.EqualTo(first));
        Assert.That(First(2), Is.Not.EqualTo(first));
    }

    [Test]
    public void An_8_bit_image_is_decoded_to_linear_light()
    {
        using var folder = new TemporaryFolder();
        var path = ImageFiles.WriteGrey(folder.Path, "grey.png", 8, 128);
        var images = Ml.Data.LoadFromEnumerable(new[] { new { Path = path } });
        var raw = Transform(images, Ml.Transforms.LoadImages("Image", folder.Path, "Path").Append(Ml.Transforms.ResizeImages("Image", 8, 8))
            .Append(Ml.Transforms.SimulateMeasurement("Raw", "Image", Noiseless))).GetColumn<float[]>("Raw").Single();

        float linear = SrgbTransfer.Decode((byte)128);
        double expected = (Noiseless.BlackLevelDn + linear * Noiseless.SaturationElectrons * Noiseless.SystemGain) / Noiseless.MaximumDn;
        // Photon noise remains: three standard deviations of the mean of 64 pixels.
        Assert.That(raw.Average(), Is.EqualTo(expected).Within(0.002));
    }

    [Test]
    public void Images_of_unknown_size_are_an_error_that_names_the_transform_that_fixes_it()
    {
        using var folder = new TemporaryFolder();
        var images = Ml.Data.LoadFromEnumerable(new[] { new { Path = ImageFiles.WriteGrey(folder.Path, "grey.png", 8, 128) } });
        Assert.That(() => Transform(images, Ml.Transforms.LoadImages("Image", folder.Path, "Path").Append(Ml.Transforms.SimulateMeasurement("Raw", "Image"))),
            Throws.ArgumentException.With.Message.Contains("'Image'").And.Message.Contains("ResizeImages"));
    }

    [Test]
    public void Wrong_columns_are_named_with_what_was_found_and_expected()
    {
        var scenes = SmallData.Scenes(Ml, 1);
        Assert.That(() => Transform(scenes, Ml.Transforms.SimulateMeasurement("Raw", "Picture")),
            Throws.ArgumentException.With.Message.Contains("'Picture'").And.Message.Contains("Scene, Label, Name"));
        Assert.That(() => Transform(scenes, Ml.Transforms.SimulateMeasurement("Raw", "Label")),
            Throws.ArgumentException.With.Message.Contains("'Label'").And.Message.Contains("Vector<Single>[3, H, W]"));
        Assert.That(() => Transform(SmallData.Vectors(Ml, "Grey", [new float[64]], 1, 8, 8), Ml.Transforms.SimulateMeasurement("Raw", "Grey")),
            Throws.ArgumentException.With.Message.Contains("'Grey'").And.Message.Contains("[3, H, W]"));
        Assert.That(() => Transform(scenes, Ml.Transforms.SimulateMeasurement("Raw", "Scene", rowKeyColumnName: "Scene")),
            Throws.ArgumentException.With.Message.Contains("row key").And.Message.Contains("'Scene'"));
    }

    [Test]
    public void A_monochrome_sensor_takes_scenes_of_one_channel_and_of_three()
    {
        float[] grey = [.. Enumerable.Range(0, 35).Select(i => i / 34f)];
        var estimator = Ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.Imx255);
        var one = Transform(SmallData.Vectors(Ml, "Scene", [grey], 1, 5, 7), estimator);
        var three = Transform(SmallData.Vectors(Ml, "Scene", [[.. grey, .. grey, .. grey]], 3, 5, 7), estimator);
        Assert.That(one.GetColumn<float[]>("Raw").Single(), Is.EqualTo(three.GetColumn<float[]>("Raw").Single()));
        Assert.That(((VectorDataViewType)one.Schema["Raw"].Type).Dimensions, Is.EqualTo(new[] { 5, 7 }));
        Assert.That(() => Transform(SmallData.Vectors(Ml, "Scene", [[.. grey, .. grey]], 2, 5, 7), estimator),
            Throws.ArgumentException.With.Message.Contains("'Scene'").And.Message.Contains("[3, H, W] or Vector<Single>[1, H, W]"));
    }

    [Test]
    public void A_single_pixel_is_a_picture() =>
        Assert.That(Transform(SmallData.Vectors(Ml, "Scene", [[0, 0, 0]], 3, 1, 1), Ml.Transforms.SimulateMeasurement("Raw", "Scene")).GetColumn<float[]>("Raw").Single(), Has.Length.EqualTo(1));

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(-1f)]
    public void A_pixel_that_no_light_can_be_is_named_with_its_row(float value)
    {
        var scenes = new[] { new float[48], new float[48] };
        scenes[1][17] = value;
        var view = Transform(SmallData.Vectors(Ml, "Scene", scenes, 3, 4, 4), Ml.Transforms.SimulateMeasurement("Raw", "Scene"));
        Assert.That(() => view.GetColumn<float[]>("Raw").ToArray(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Row 1").And.Message.Contains("'Scene'").And.Message.Contains("row 0, column 1"));
    }

    [Test]
    public void A_quantity_out_of_range_is_named_when_the_pipeline_is_written() =>
        Assert.That(() => Ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone with { BitDepth = 40 }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("BitDepth is 40"));

    private static SensorModel Noiseless => SensorPresets.RawDrone with { ReadNoiseElectrons = 0, DsnuElectrons = 0, PrnuPercent = 0, QuantumEfficiency = QuantumEfficiency.Uniform(0.5f) };

    private static IDataView Transform(IDataView data, IEstimator<ITransformer> estimator) => estimator.Fit(data).Transform(data);

    private static Dictionary<string, float[]> ByName(IDataView data) =>
        data.GetColumn<string>("Name").Zip(data.GetColumn<float[]>("Raw")).ToDictionary(pair => pair.First, pair => pair.Second);
}
