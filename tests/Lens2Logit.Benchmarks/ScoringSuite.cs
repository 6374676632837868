using Lens2Logit.Isp;
using Lens2Logit.Networks;
using Lens2Logit.Sensors;
using Microsoft.ML;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Benchmarks;

/// <summary>Scores of a fitted model through a cursor: in batches, row by row, and the modules called directly.</summary>
public sealed class ScoringSuite : Suite
{
    private const int Size = 64, Rows = 64, Batch = 32;
    private const double BatchingTarget = 3;

    /// <inheritdoc/>
    public override string Name => "scoring";

    /// <inheritdoc/>
    public override int Threads => Environment.ProcessorCount;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } =
    [
        $"One pass of a cursor with Score active over {Rows} cached raw rows of {Size}×{Size}, behind a ParametrizedIsp; per row.",
        $"Modules: ISP, network and softmax on batches of {Batch} that are tensors already; eager: the ISP by torch's own operations one after the other.",
        $"Device: {(cuda.is_available() ? "CUDA; scores are waited for" : "the CPU")}.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } = [.. new[] { Architecture.SmallCnn, Architecture.ResNet18 }.SelectMany(Of)];

    private static IEnumerable<TimedCase> Of(string network)
    {
        const string unit = "rows/s";
        string single = $"{network}, row by row", batched = $"{network}, batches of {Batch}";
        return
        [
            new(single, unit, Rows, () => Cursor(network, 1)),
            new(batched, unit, Rows, () => Cursor(network, Batch)) { ComparedWith = single, Target = network == Architecture.ResNet18 ? BatchingTarget : null },
            new($"{network}, modules alone", unit, Rows, () => Modules(network, eager: false)) { ComparedWith = batched },
            new($"{network}, modules alone, eager ISP", unit, Rows, () => Modules(network, eager: true)) { ComparedWith = batched },
        ];
    }

    private static Workload Cursor(string network, int batch)
    {
        var (model, data) = Fit(network, batch);
        var scored = model.Transform(data);
        return new(() => RowReading.ReadAll(scored, "Score"), (IDisposable)model);
    }

    private static Workload Modules(string network, bool eager)
    {
        var (model, data) = Fit(network, Batch);
        var isp = model.GetStage<ParametrizedIsp>("Rgb");
        if (eager)
            isp.Vectors = null;
        var device = cuda.is_available() ? CUDA : CPU;
        var module = NetworkRegistry.Create(network, new() { Classes = 5 });
        module.to(device);
        module.eval();
        var images = rand([Batch, Size, Size], device: device);
        return new(Run, images, module, (IDisposable)model);

        void Run()
        {
            for (int done = 0; done < Rows; done += Batch)
            {
                using var scope = NewDisposeScope();
                using var noGradients = no_grad();
                module.forward(isp.forward(images)).softmax(1).cpu();
            }
        }
    }

    private static (ITransformer Model, IDataView Data) Fit(string network, int batch)
    {
        var ml = new MLContext(seed: 1) { GpuDeviceId = cuda.is_available() ? 0 : null };
        var smear = ml.Data.LoadSyntheticSmear(new() { Count = Rows, Size = Size });
        var measured = ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone).Append(ml.Transforms.Conversion.MapValueToKey("Label")).Fit(smear).Transform(smear);
        var data = RowReading.Cached(ml, measured, "Raw");
        var model = ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone })
            .Append(ml.MulticlassClassification.Trainers.RawImageClassification(new() { Architecture = network, Epochs = 1, ScoringBatchSize = batch })).Fit(data);
        return (model, data);
    }
}
