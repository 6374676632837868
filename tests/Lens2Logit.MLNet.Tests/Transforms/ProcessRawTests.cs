using Lens2Logit.Isp;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.Tests.Transforms;

public class ProcessRawTests
{
    private static readonly MLContext Ml = SmallData.Context();

    [Test]
    public void A_static_configuration_gives_what_the_isp_gives([Values("bi,s,ga", "me,u,me")] string configuration)
    {
        var raw = Raw(2, 9, 12);
        var rgb = Transform(raw, Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone, configuration));
        var expected = new float[3 * 9 * 12];
        new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse(configuration)).Process<float>(raw.GetColumn<float[]>("Raw").Last(), 9, 12, expected);
        Assert.That(rgb.GetColumn<float[]>("Rgb").Last(), Is.EqualTo(expected));
        Assert.That(((VectorDataViewType)rgb.Schema["Rgb"].Type).Dimensions, Is.EqualTo(new[] { 3, 9, 12 }));
    }

    [Test]
    public void The_parametrised_isp_starts_as_the_static_one()
    {
        var raw = Raw(2, 9, 12);
        var parametrised = Transform(raw, Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone })).GetColumn<float[]>("Rgb").ToArray();
        var fixedOne = Transform(raw, Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone)).GetColumn<float[]>("Rgb").ToArray();
        Assert.That(parametrised[1], Is.EqualTo(fixedOne[1]).Within(1e-4f));
    }

    [Test]
    public void No_isp_halves_the_size()
    {
        var rgb = Transform(Raw(1, 8, 12), Ml.Transforms.ProcessRaw("Rgb", "Raw", new RawToRgbOptions { Channels = 4 }));
        Assert.That(((VectorDataViewType)rgb.Schema["Rgb"].Type).Dimensions, Is.EqualTo(new[] { 4, 4, 6 }));
        Assert.That(rgb.GetColumn<float[]>("Rgb").Single(), Has.Length.EqualTo(96));
    }

    [Test]
    public void The_neural_isp_halves_the_size_and_wants_multiples_of_16()
    {
        var rgb = Transform(Raw(1, 16, 32), Ml.Transforms.ProcessRaw("Rgb", "Raw", new NeuralIspOptions()));
        Assert.That(((VectorDataViewType)rgb.Schema["Rgb"].Type).Dimensions, Is.EqualTo(new[] { 3, 8, 16 }));
        Assert.That(rgb.GetColumn<float[]>("Rgb").Single(), Has.All.Matches<float>(float.IsFinite));
        Assert.That(() => Transform(Raw(1, 16, 24), Ml.Transforms.ProcessRaw("Rgb", "Raw", new NeuralIspOptions())), Throws.ArgumentException.With.Message.Contains("'Raw'").And.Message.Contains("multiples of 16"));
    }

    [Test]
    public void An_unknown_configuration_lists_the_valid_ones_when_the_pipeline_is_written() =>
        Assert.That(() => Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.Identity, "malvar"), Throws.ArgumentException.With.Message.Contains("'malvar'").And.Message.Contains("bi, ma, me"));

    [Test]
    public void Shapes_that_cannot_be_developed_are_named()
    {
        Assert.That(() => Transform(Raw(1, 3, 8), Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.Identity)), Throws.ArgumentException.With.Message.Contains("3×8").And.Message.Contains("4×4"));
        Assert.That(() => Transform(Raw(1, 7, 8), Ml.Transforms.ProcessRaw("Rgb", "Raw", new RawToRgbOptions())), Throws.ArgumentException.With.Message.Contains("'Raw'").And.Message.Contains("7×8").And.Message.Contains("even"));
        var flat = SmallData.Vectors(Ml, "Raw", [new float[64]], 64);
        Assert.That(() => Transform(flat, Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.Identity)), Throws.ArgumentException.With.Message.Contains("'Raw'").And.Message.Contains("[H, W]"));
        Assert.That(() => Transform(flat, Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions())), Throws.ArgumentException.With.Message.Contains("'Raw'").And.Message.Contains("[H, W]"));
        Assert.That(() => Transform(flat, Ml.Transforms.ProcessRaw("Rgb", "Label", new ParametrizedIspOptions())), Throws.ArgumentException.With.Message.Contains("'Label'"));
    }

    [Test]
    public void A_mosaic_of_another_pattern_than_the_camera_says_is_refused()
    {
        var scenes = SmallData.Scenes(Ml, 1);
        var camera = Ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone with { Cfa = CfaPattern.Gbrg });
        foreach (IEstimator<ITransformer> isp in new IEstimator<ITransformer>[]
        {
            Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone),
            Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }),
            Ml.Transforms.ProcessRaw("Rgb", "Raw", new RawToRgbOptions()),
        })
            Assert.That(() => Transform(scenes, camera.Append(isp)), Throws.ArgumentException.With.Message.Contains("Gbrg").And.Message.Contains("Rggb"));
    }

    [Test]
    public void Without_a_camera_black_level_and_pattern_are_those_that_the_column_states()
    {
        var raw = Photograph(SensorPresets.Imx477 with { Cfa = CfaPattern.Gbrg });
        var fitted = Ml.Transforms.ProcessRaw("Rgb", "Raw").Fit(raw);
        var black = SensorPresets.Imx477.BlackLevelDn / 4095;
        Assert.That(fitted.Isp.Camera, Is.EqualTo(CameraParameters.Identity with { Name = "Imx477", Cfa = CfaPattern.Gbrg, BlackLevel = [black, black, black, black] }));
        Assert.That(RawAnnotations.CameraOf(raw.Schema["Raw"]), Is.EqualTo(fitted.Isp.Camera));

        using (var stage = Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions()).Fit(raw))
            Assert.That(((ParametrizedIsp)stage.Stage).Options.Camera, Is.EqualTo(fitted.Isp.Camera));

        using var folder = new TemporaryFolder();
        Ml.Model.Save(fitted, raw.Schema, folder.File("model.zip"));
        var elsewhere = (StaticIspTransformer)new MLContext().Model.Load(folder.File("model.zip"), out _);
        Assert.That(elsewhere.Isp.Camera, Is.EqualTo(fitted.Isp.Camera), "what was found at Fit is saved");
    }

    [Test]
    public void Without_a_camera_and_without_statement_nothing_is_corrected()
    {
        var raw = Raw(1, 8, 8);
        Assert.That(Ml.Transforms.ProcessRaw("Rgb", "Raw").Fit(raw).Isp.Camera, Is.SameAs(CameraParameters.Identity));
        Assert.That(RawAnnotations.CameraOf(raw.Schema["Raw"]), Is.Null);
        Assert.That(RawAnnotations.CameraOf(Photograph(SensorPresets.Imx255).Schema["Raw"]), Is.Null, "monochrome");
    }

    [Test]
    public void A_black_level_that_is_not_the_columns_is_warned_of_at_fit([Values] bool parametrised)
    {
        var raw = Photograph(SensorPresets.RawDrone);
        Assert.That(Warnings(CameraParameters.Identity with { Name = "None" }), Has.Exactly(1).Items.And.All.Contains("'Raw'").And.All.Contains("black at 0.0625").And.All.Contains("'None' subtracts 0."));
        Assert.That(Warnings(CameraParameters.RawDrone with { BlackLevel = [0.0625, 0.0625, 0.0625, 0.07] }), Has.Exactly(1).Items.And.All.Contains("subtracts 0.0625, 0.07."));
        Assert.That(Warnings(CameraParameters.RawDrone), Is.Empty, "0.0625 and 0.0626 are the same within a digital number");

        List<string> Warnings(CameraParameters camera)
        {
            var ml = new MLContext();
            var warnings = new List<string>();
            ml.Log += (_, message) =>
            {
                if (message.Kind == ChannelMessageKind.Warning)
                    warnings.Add(message.Message);
            };
            IEstimator<ITransformer> isp = parametrised ? ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = camera }) : ml.Transforms.ProcessRaw("Rgb", "Raw", camera);
            (isp.Fit(raw) as IDisposable)?.Dispose();
            return warnings;
        }
    }

    [Test]
    public void A_pixel_that_is_not_finite_is_named_with_its_row([Values] bool parametrised)
    {
        var values = new float[2][] { new float[16], new float[16] };
        values[1][6] = float.NaN;
        var raw = SmallData.Vectors(Ml, "Raw", values, 4, 4);
        var rgb = parametrised ? Transform(raw, Ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions())) : Transform(raw, Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.Identity));
        Assert.That(() => rgb.GetColumn<float[]>("Rgb").ToArray(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Row 1").And.Message.Contains("row 1, column 2"));
    }

    [Test]
    public void Nothing_is_computed_before_it_is_asked_for()
    {
        var values = new float[1][] { new float[16] };
        values[0][0] = float.NaN;
        var rgb = Transform(SmallData.Vectors(Ml, "Raw", values, 4, 4), Ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.Identity));
        Assert.That(() => rgb.GetColumn<string>("Label").ToArray(), Throws.Nothing);
    }

    private static IDataView Photograph(SensorModel sensor) => Transform(SmallData.Scenes(Ml, 1), Ml.Transforms.SimulateMeasurement("Raw", "Scene", sensor));

    private static IDataView Raw(int count, int height, int width)
    {
        var random = new Random(1);
        return SmallData.Vectors(Ml, "Raw", [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, height * width).Select(_ => random.NextSingle()).ToArray())], height, width);
    }

    private static IDataView Transform(IDataView data, IEstimator<ITransformer> estimator) => estimator.Fit(data).Transform(data);
}
