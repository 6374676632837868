using Lens2Logit.Isp;
using Lens2Logit.Sensors;
using Microsoft.ML;

namespace Lens2Logit.Benchmarks;

/// <summary>Measurement and static ISP as columns, and their kernels called directly.</summary>
internal static class TransformCases
{
    private const int Size = 256, Rows = 8;
    private const string Unit = "rows/s", Configuration = "bi,s,ga";
    private const string MeasureKernel = "kernel: MeasurementSampler 256×256", IspKernel = $"kernel: StaticIsp {Configuration} 256×256";

    public static IEnumerable<TimedCase> All { get; } =
    [
        new(MeasureKernel, Unit, Rows, () =>
        {
            var sampler = new MeasurementSampler(SensorPresets.RawDrone, new());
            var scenes = TestImages.Scenes(Size, Rows);
            var raw = new float[Size * Size];
            return new(() =>
            {
                for (int i = 0; i < Rows; i++)
                    sampler.Measure(scenes[i], Size, Size, (ulong)i, raw);
            });
        }),
        new("ML.NET SimulateMeasurement 256×256", Unit, Rows, () =>
        {
            var ml = new MLContext(seed: 1);
            var scenes = Scenes(ml);
            var measured = ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone).Fit(scenes).Transform(scenes);
            return new(() => RowReading.ReadAll(measured, "Raw"));
        })
        { ComparedWith = MeasureKernel },
        new(IspKernel, Unit, Rows, () =>
        {
            var isp = new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse(Configuration));
            var mosaics = TestImages.Mosaics(Size, Rows);
            var rgb = new float[3 * Size * Size];
            return new(() =>
            {
                foreach (var raw in mosaics)
                    isp.Process<float>(raw, Size, Size, rgb);
            });
        }),
        new($"ML.NET static ProcessRaw {Configuration} 256×256", Unit, Rows, () =>
        {
            var ml = new MLContext(seed: 1);
            var scenes = Scenes(ml);
            var raw = RowReading.Cached(ml, ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone).Fit(scenes).Transform(scenes), "Raw");
            var developed = ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone, Configuration).Fit(raw).Transform(raw);
            return new(() => RowReading.ReadAll(developed, "Rgb"));
        })
        { ComparedWith = IspKernel },
    ];

    private static IDataView Scenes(MLContext ml) => RowReading.Cached(ml, ml.Data.LoadSyntheticSmear(new() { Count = Rows, Size = Size }), "Scene");
}
