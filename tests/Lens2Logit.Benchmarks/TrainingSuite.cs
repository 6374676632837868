using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Benchmarks;

/// <summary>What the ISP costs in training, what memory format and precision gain, and what the loop around the steps costs.</summary>
public sealed class TrainingSuite : Suite
{
    private const int LargeSize = 256, MemorySize = 64, MemoryBatch = 8, StepsBefore = 500, StepsOver = 1_000;
    private const double ChannelsLastTarget = 1.5, BFloat16Target = 2.5, LoopTarget = 0.9;
    private const string Plain = "ResNet18 step, 256×256, plain TorchSharp", Last = "ResNet18 step, 256×256, channels last", Half = $"{Last}, bfloat16";
    private const string Arithmetic = "limit of arithmetic, float32", HalfArithmetic = "limit of arithmetic, bfloat16";

    // Multiplications and additions of ResNet18 at 224×224 (He et al., CVPR 2016, table 1), which grow with the area. Backward takes them twice, but
    // for the gradient of the image, which nobody asks for: one pass of the first layer, 64 outputs of 3·7·7 inputs at a quarter of the pixels.
    private const double ForwardMacs = 1.8e9 * LargeSize * LargeSize / (224 * 224), FirstLayerMacs = 64.0 * 147 * LargeSize * LargeSize / 4;
    private const double StepFlops = 2 * ((3 * ForwardMacs) - FirstLayerMacs);

    // A GPU needs more to do at once before its time is that of computing.
    private static readonly int Size = OnGpu ? 256 : 64, Batch = OnGpu ? 64 : 32, LargeBatch = OnGpu ? 64 : 16, LoopBatches = OnGpu ? 8 : 2, LoopEpochs = OnGpu ? 4 : 1, MatrixSize = OnGpu ? 8192 : 2048;
    private static readonly string[] Networks = [Architecture.SmallCnn, Architecture.ResNet18];

    /// <inheritdoc/>
    public override string Name => "training";

    /// <inheritdoc/>
    public override int Threads => Environment.ProcessorCount;

    private static bool OnGpu => cuda.is_available();

    private static Device Device => OnGpu ? CUDA : CPU;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } =
    [
        $"Step: forward, cross entropy, backward, Adam and reading the loss, {Size}×{Size}, batch {Batch}, five classes; the batch is a tensor already. "
            + "Alone: the network on ready images; frozen: behind a ParametrizedIsp in eval mode without gradients; learned: through one that Adam updates too; eager: the same by torch's own operations one after the other.",
        $"256×256: the network alone, batch {LargeBatch}: forward, cross entropy, backward, Adam; plain: with TorchSharp's Adam, otherwise as the trainer takes its steps. Whole loop: a training of {LoopEpochs} × {LoopBatches} batches with reading a cached data view anew, "
            + "ParametrizedIsp, network and optimiser, per image, in the format and precision of the step it is compared with.",
        $"Limit of arithmetic: a product of two {MatrixSize}×{MatrixSize} matrices. Share of it: {StepFlops / 1e9:F1} GFLOP per image and step, forward and backward, at the rate measured.",
        $"Memory: the loop over {MemoryBatch} images of {MemorySize}×{MemorySize} a step, behind a ParametrizedIsp; over {StepsOver} steps after the first {StepsBefore}.",
        $"Device: {(OnGpu ? "CUDA; a step ends when its loss is on the CPU" : "the CPU")}.",
        "ISP's share: 1 − time of the step alone / time with the ISP.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } =
    [
        .. from network in Networks from role in Enum.GetValues<IspRole>() select Step(network, role),
        MatrixProduct(Arithmetic, ScalarType.Float32),
        MatrixProduct(HalfArithmetic, ScalarType.BFloat16),
        new(Plain, "images/s", LargeBatch, PlainStep),
        new(Last, "images/s", LargeBatch, () => Large(TrainingPrecision.Float32, channelsLast: true)) { ComparedWith = Plain, Target = ChannelsLastTarget },
        new(Half, "images/s", LargeBatch, () => Large(TrainingPrecision.BFloat16, channelsLast: true)) { ComparedWith = Plain, Target = BFloat16Target },
        new("ResNet18 loop, 256×256", "images/s", LoopEpochs * LoopBatches * LargeBatch, Loop) { ComparedWith = Plain, Target = LoopTarget },
    ];

    /// <inheritdoc/>
    public override IEnumerable<Row> Derive(IReadOnlyDictionary<string, Measurement> measured)
    {
        double Seconds(string name) => measured[name].MedianSeconds;
        Row Share(string step, string limit)
        {
            double rate = LargeBatch * StepFlops / 1e9 / Seconds(step);
            return new($"{step}, share of the limit", rate, "GFLOP/s") { ComparedWith = limit, Ratio = rate * Seconds(limit) / MatrixGflops };
        }
        return
        [
            .. from network in Networks
               from role in new[] { IspRole.Frozen, IspRole.Learned, IspRole.Eager }
               select new Row($"ISP's share of: {StepName(network, role)}", 100 * (1 - Seconds(StepName(network, IspRole.Absent)) / Seconds(StepName(network, role))), "%"),
            Share(Plain, Arithmetic),
            Share(Last, Arithmetic),
            Share(Half, HalfArithmetic),
            GrowthOfMemory(),
        ];
    }

    private static TimedCase Step(string network, IspRole role) => new(StepName(network, role), "images/s", Batch, () => Step(network, role, Size, Batch))
    {
        ComparedWith = role == IspRole.Absent ? null : StepName(network, IspRole.Absent),
    };

    private static Workload PlainStep() => Step(Architecture.ResNet18, IspRole.Absent, LargeSize, LargeBatch);

    private static Workload Step(string network, IspRole role, int size, int batch)
    {
        var step = new TrainingStep(network, role, size, batch, Device);
        return new(step.Run, step);
    }

    private static Workload Large(TrainingPrecision precision, bool channelsLast)
    {
        var step = new FormatStep(LargeSize, LargeBatch, precision, channelsLast, Device);
        return new(step.Run, step);
    }

    private static Workload Loop()
    {
        var epoch = new LoopRun(Architecture.ResNet18, LargeSize, LargeBatch, LoopBatches, LoopEpochs, Device);
        return new(epoch.Run, epoch);
    }

    private static double MatrixGflops => 2.0 * MatrixSize * MatrixSize * MatrixSize / 1e9;

    private static TimedCase MatrixProduct(string name, ScalarType type) => new(name, "GFLOP/s", MatrixGflops, () =>
    {
        var (left, right) = (rand([MatrixSize, MatrixSize], type, Device), rand([MatrixSize, MatrixSize], type, Device));
        return new(Multiply, left, right);

        void Multiply()
        {
            using var product = left.mm(right);
            using var corner = product[0, 0];
            corner.ToSingle();
        }
    });

    private static Row GrowthOfMemory()
    {
        using var run = new LoopRun(Architecture.SmallCnn, MemorySize, MemoryBatch, batches: 100, (StepsBefore + StepsOver) / 100, Device);
        long before = 0;
        run.Run(step =>
        {
            if (step == StepsBefore)
                before = ResidentMemory.Now();
        });
        return new($"SmallCnn loop: growth of resident memory over {StepsOver} steps", (ResidentMemory.Now() - before) / (double)(1 << 20), "MiB");
    }

    private static string StepName(string network, IspRole role) => $"{network} step, " + role switch
    {
        IspRole.Absent => "alone",
        IspRole.Frozen => "frozen ISP",
        IspRole.Eager => "learned ISP, eager",
        _ => "learned ISP",
    };
}
