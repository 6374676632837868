using Lens2Logit.Isp;
using Lens2Logit.Sensors;
using Microsoft.ML;

namespace Lens2Logit.Benchmarks;

/// <summary>What a row costs as an ML.NET column beyond its kernel and the getter of its source.</summary>
public sealed class RowsSuite : Suite
{
    private const int Size = 256, Rows = 32;
    private const string Unit = "rows/s", Configuration = "ma,s,ga";

    private static readonly Step[] Steps =
    [
        new($"ProcessRaw {Configuration}", "Raw", "Rgb", ProcessDirectly, (ml, raw) => ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone, Configuration).Fit(raw)),
        new("SimulateMeasurement", "Scene", "Raw", MeasureDirectly, (ml, scenes) => ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone).Fit(scenes)),
    ];

    /// <inheritdoc/>
    public override string Name => "rows";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } =
    [
        $"One pass over {Rows} rows of {Size}×{Size}. Source: a cursor over the cached input column alone. Kernel: the sampler or ISP called on arrays.",
        "Overhead: time of a row through the column − kernel − source, in µs; aim: at most 25.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } = [.. Steps.SelectMany(step => new TimedCase[]
    {
        new(step.SourceCase, Unit, Rows, () =>
        {
            var (_, source) = step.Load();
            return new(() => RowReading.ReadAll(source, step.Input));
        }),
        new(step.KernelCase, Unit, Rows, () => new(step.Kernel())),
        new(step.ColumnCase, Unit, Rows, () =>
        {
            var (ml, source) = step.Load();
            var output = step.Fit(ml, source).Transform(source);
            return new(() => RowReading.ReadAll(output, step.Output));
        })
        { ComparedWith = step.KernelCase },
    })];

    /// <inheritdoc/>
    public override IEnumerable<Row> Derive(IReadOnlyDictionary<string, Measurement> measured) =>
        from step in Steps
        let seconds = measured[step.ColumnCase].MedianSeconds - measured[step.KernelCase].MedianSeconds - measured[step.SourceCase].MedianSeconds
        select new Row($"overhead of {step.Name}", 1e6 * seconds / Rows, "µs/row");

    private static Action MeasureDirectly()
    {
        var sampler = new MeasurementSampler(SensorPresets.RawDrone, new());
        var scenes = TestImages.Scenes(Size, Rows);
        var raw = new float[Size * Size];
        return () =>
        {
            for (int i = 0; i < Rows; i++)
                sampler.Measure(scenes[i], Size, Size, (ulong)i, raw);
        };
    }

    private static Action ProcessDirectly()
    {
        var isp = new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse(Configuration));
        var mosaics = TestImages.Mosaics(Size, Rows);
        var rgb = new float[3 * Size * Size];
        return () =>
        {
            foreach (var raw in mosaics)
                isp.Process<float>(raw, Size, Size, rgb);
        };
    }

    /// <summary>A transform with its input column, its kernel and its estimator.</summary>
    private sealed record Step(string Name, string Input, string Output, Func<Action> Kernel, Func<MLContext, IDataView, ITransformer> Fit)
    {
        public string SourceCase => $"source of {Name}";

        public string KernelCase => $"kernel of {Name}";

        public string ColumnCase => $"ML.NET {Name}";

        /// <summary>The input column, in memory.</summary>
        public (MLContext Ml, IDataView Source) Load()
        {
            var ml = new MLContext(seed: 1);
            var scenes = RowReading.Cached(ml, ml.Data.LoadSyntheticSmear(new() { Count = Rows, Size = Size }), "Scene");
            if (Input == "Scene")
                return (ml, scenes);
            return (ml, RowReading.Cached(ml, ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone).Fit(scenes).Transform(scenes), "Raw"));
        }
    }
}
