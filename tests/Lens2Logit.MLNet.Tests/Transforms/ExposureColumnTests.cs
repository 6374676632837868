using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Transforms;

/// <summary>One pipeline serves a sweep: light, time and temperature come from columns.</summary>
public class ExposureColumnTests
{
    private const int Size = 8;

    private static readonly MLContext Ml = SmallData.Context();

    private static readonly SensorModel Camera = SensorPresets.Imx477 with { DarkCurrentElectronsPerSecond = 50 };

    private static readonly MeasurementSimulatingEstimator.Options ToRaw = new() { OutputColumnName = "Raw", InputColumnName = "Scene", Sensor = Camera, RowKeyColumnName = "Key" };

    [Test]
    public void Each_row_is_measured_as_under_an_exposure_of_its_own()
    {
        Shot[] shots = [new(), new() { Light = 0.1f, Seconds = 2, Celsius = 40 }, new() { Light = 3 }, new() { Light = 0 }];
        var raw = Measure(shots, ToRaw with { IlluminationColumnName = "Light", ExposureTimeColumnName = "Seconds", TemperatureColumnName = "Celsius" });
        for (int i = 0; i < shots.Length; i++)
        {
            Exposure exposure = new() { Illumination = shots[i].Light, ExposureTimeSeconds = shots[i].Seconds, TemperatureCelsius = shots[i].Celsius };
            Assert.That(raw[i], Is.EqualTo(Expected(exposure)), $"row {i}");
        }
    }

    [Test]
    public void Light_may_be_in_photons()
    {
        var raw = Measure([new() { Photons = 0 }, new() { Photons = 700 }], ToRaw with { PhotonsPerPixelColumnName = "Photons" });
        Assert.That(raw[0], Is.EqualTo(Expected(new() { PhotonsPerPixel = 0 })));
        Assert.That(raw[1], Is.EqualTo(Expected(new() { PhotonsPerPixel = 700 })));
    }

    [Test]
    public void What_no_column_gives_is_the_common_exposures()
    {
        Exposure common = new() { ExposureTimeSeconds = 5, TemperatureCelsius = 60 };
        var raw = Measure([new() { Light = 0.2f }], ToRaw with { Exposure = common, IlluminationColumnName = "Light" });
        Assert.That(raw.Single(), Is.EqualTo(Expected(common with { Illumination = 0.2f })));
    }

    [Test]
    public void A_sweep_survives_saving()
    {
        using var folder = new TemporaryFolder();
        var data = View([new() { Light = 0.3f }]);
        var model = Ml.Transforms.SimulateMeasurement("Raw", "Scene", Camera, rowKeyColumnName: "Key", illuminationColumnName: "Light").Fit(data);
        Ml.Model.Save(model, data.Schema, folder.File("model.zip"));
        var loaded = new MLContext().Model.Load(folder.File("model.zip"), out _);
        Assert.That(loaded.Transform(data).GetColumn<float[]>("Raw").Single(), Is.EqualTo(Expected(new() { Illumination = 0.3f })));
    }

    [TestCase("Light", -1f, "Illumination is -1; the allowed range is 0 to 1000")]
    [TestCase("Light", float.NaN, "Illumination is NaN; the allowed range is 0 to 1000")]
    [TestCase("Seconds", 1e6f, "ExposureTimeSeconds is 1000000 s; the allowed range is 0 to 86400 s")]
    [TestCase("Celsius", -300f, "TemperatureCelsius is -300 °C; the allowed range is -100 to 150 °C")]
    public void A_value_out_of_range_is_named_with_row_column_unit_and_range(string column, float value, string message)
    {
        var bad = new Shot { Light = column == "Light" ? value : 1, Seconds = column == "Seconds" ? value : 1, Celsius = column == "Celsius" ? value : 25 };
        Assert.That(
            () => Measure([new(), bad], ToRaw with { IlluminationColumnName = "Light", ExposureTimeColumnName = "Seconds", TemperatureColumnName = "Celsius" }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains($"Row 1 of column '{column}'").And.Message.Contains(message));
    }

    [Test]
    public void Light_said_both_ways_is_refused_when_the_pipeline_is_written()
    {
        var photons = new Exposure { PhotonsPerPixel = 10 };
        foreach (var options in new[]
        {
            ToRaw with { IlluminationColumnName = "Light", PhotonsPerPixelColumnName = "Photons" },
            ToRaw with { IlluminationColumnName = "Light", Exposure = photons },
            ToRaw with { PhotonsPerPixelColumnName = "Photons", Exposure = new() { Illumination = 0.5f } },
        })
            Assert.That(() => Ml.Transforms.SimulateMeasurement(options), Throws.ArgumentException.With.Message.Contains("both ways"));
    }

    [Test]
    public void Columns_that_are_missing_or_no_Single_are_named()
    {
        var data = View([new()]);
        Assert.That(() => Ml.Transforms.SimulateMeasurement("Raw", "Scene", illuminationColumnName: "Lux").Fit(data),
            Throws.ArgumentException.With.Message.Contains("'Lux'").And.Message.Contains("exposure").And.Message.Contains("Light"));
        foreach (var column in new[] { "Key", "Scene" })
        {
            Assert.That(() => Ml.Transforms.SimulateMeasurement("Raw", "Scene", illuminationColumnName: column).Fit(data),
                Throws.ArgumentException.With.Message.Contains($"'{column}'").And.Message.Contains("expected Single"));
        }
    }

    private static float[] Scene { get; } = [.. Enumerable.Range(0, 3 * Size * Size).Select(i => i % 17 / 16f)];

    private static float[] Expected(Exposure exposure)
    {
        var raw = new float[Size * Size];
        new MeasurementSampler(Camera, exposure).Measure(Scene, Size, Size, rowKey: 7, raw);
        return raw;
    }

    private static float[][] Measure(Shot[] shots, MeasurementSimulatingEstimator.Options options)
    {
        var data = View(shots);
        return [.. Ml.Transforms.SimulateMeasurement(options).Fit(data).Transform(data).GetColumn<float[]>("Raw")];
    }

    private static IDataView View(Shot[] shots)
    {
        var schema = SchemaDefinition.Create(typeof(Shot));
        schema[nameof(Shot.Scene)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, Size, Size);
        return Ml.Data.LoadFromEnumerable(shots, schema);
    }

    private sealed class Shot
    {
        public float[] Scene { get; set; } = ExposureColumnTests.Scene;

        public float Light { get; set; } = 1;

        public float Photons { get; set; } = 100;

        public float Seconds { get; set; } = 0.01f;

        public float Celsius { get; set; } = 25;

        public uint Key { get; set; } = 7;
    }
}
