using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Unprocessing;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Transforms;

public class UnprocessImageTests
{
    private static readonly MLContext Ml = SmallData.Context();

    [Test]
    public void Each_row_is_unprocessed_for_a_camera_of_its_own()
    {
        float[] image = [.. Enumerable.Range(0, 60).Select(i => i / 59f)];
        var data = SmallData.Vectors(Ml, "Image", [image, image], 3, 4, 5);
        var scenes = Transform(data, Ml.Transforms.UnprocessImage("Scene", "Image", seed: 9)).GetColumn<float[]>("Scene").ToArray();
        var expected = new float[60];
        new UnprocessingOptions().Sample(9, key: 1).Unprocess(image, expected);
        Assert.That(scenes[1], Is.EqualTo(expected));
        Assert.That(scenes[0], Is.Not.EqualTo(expected));
    }

    [Test]
    public void An_8_bit_image_gives_what_its_values_give()
    {
        using var folder = new TemporaryFolder();
        var path = ImageFiles.WriteGrey(folder.Path, "grey.png", 6, 77);
        var images = Ml.Data.LoadFromEnumerable(new[] { new { Path = path } });
        var scene = Transform(images, Ml.Transforms.LoadImages("Image", folder.Path, "Path").Append(Ml.Transforms.ResizeImages("Image", 6, 6))
            .Append(Ml.Transforms.UnprocessImage("Scene", "Image", UnprocessingOptions.Neutral))).GetColumn<float[]>("Scene").Single();
        var expected = new float[108];
        UnprocessingOptions.Neutral.Sample(0, 0).Unprocess([.. Enumerable.Repeat(77 / 255f, 108)], expected);
        Assert.That(scene, Is.EqualTo(expected).Within(1e-6f));
    }

    [Test]
    public void A_scene_can_be_photographed_and_developed()
    {
        var camera = Ml.Transforms.UnprocessImage("Light", "Scene", UnprocessingOptions.Neutral, "Name")
            .Append(Ml.Transforms.SimulateMeasurement("Raw", "Light", SensorPresets.RawDrone, rowKeyColumnName: "Name"))
            .Append(Ml.Transforms.ProcessRaw("Rgb", "Raw"));
        Assert.That(Transform(SmallData.Scenes(Ml, 2), camera).GetColumn<float[]>("Rgb").Last(), Has.All.InRange(0f, 1f));
    }

    [Test]
    public void Values_that_no_image_has_are_named_with_their_row()
    {
        var view = Transform(SmallData.Vectors(Ml, "Image", [new float[48], [.. Enumerable.Repeat(128f, 48)]], 3, 4, 4), Ml.Transforms.UnprocessImage("Scene", "Image"));
        Assert.That(() => view.GetColumn<float[]>("Scene").ToArray(),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Row 1 of column 'Image'").And.Message.Contains("is 128").And.Message.Contains("divided by 255"));
    }

    [Test]
    public void Columns_and_options_that_do_not_fit_are_named()
    {
        using var folder = new TemporaryFolder();
        var images = Ml.Data.LoadFromEnumerable(new[] { new { Path = ImageFiles.WriteGrey(folder.Path, "grey.png", 6, 77) } });
        Assert.That(() => Transform(images, Ml.Transforms.LoadImages("Image", folder.Path, "Path").Append(Ml.Transforms.UnprocessImage("Scene", "Image"))),
            Throws.ArgumentException.With.Message.Contains("'Image'").And.Message.Contains("ResizeImages").And.Message.Contains("UnprocessImage"));
        Assert.That(() => Transform(SmallData.Vectors(Ml, "Image", [new float[16]], 1, 4, 4), Ml.Transforms.UnprocessImage("Scene", "Image")),
            Throws.ArgumentException.With.Message.Contains("'Image'").And.Message.Contains("[3, H, W]"));
        Assert.That(() => Ml.Transforms.UnprocessImage("Scene", "Image", new() { Gamma = 0 }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Gamma is 0"));
    }

    private static IDataView Transform(IDataView data, IEstimator<ITransformer> estimator) => estimator.Fit(data).Transform(data);
}
