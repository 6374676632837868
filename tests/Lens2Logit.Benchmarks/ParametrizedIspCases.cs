using Lens2Logit.Isp;
using Lens2Logit.Networks;
using Lens2Logit.Simd;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Benchmarks;

/// <summary>The differentiable ISP, fused against torch's own operations, and beside the network that it serves.</summary>
internal static class ParametrizedIspCases
{
    private const int Size = 256, Batch = 8;
    private const string Training = "ResNet18 training step, 256×256";

    public static IEnumerable<TimedCase> All() =>
    [
        Forward("RawToRgb, forward", Size, Batch, () => new RawToRgb(new() { BlackLevel = CameraParameters.RawDrone.BlackLevel })),
        .. Pair("forward", Size, Batch, batchNorm: false, Forward, target: null),
        .. Pair("forward+backward", Size, Batch, batchNorm: false, ForwardBackward, target: null),
        .. Pair("forward", Size, Batch, batchNorm: true, Forward, target: null),
        .. Pair("forward+backward", Size, Batch, batchNorm: true, ForwardBackward, target: 25),
        TwoThreads(),
        .. Pair("forward+backward", 1024, 1, batchNorm: true, ForwardBackward, target: null),
        new(Training, IspSuite.Unit, Pixels(Size, Batch), () =>
        {
            var step = new TrainingStep(Architecture.ResNet18, IspRole.Absent, Size, Batch);
            return new(step.Run, step);
        }),
    ];

    /// <summary>How much longer a step of the network takes than the ISP's part of it.</summary>
    public static Row ShareOfTraining(IReadOnlyDictionary<string, Measurement> measured)
    {
        double ratio = measured[Training].MedianSeconds / measured[NameOf("forward+backward", Size, batchNorm: true, isEager: false)].MedianSeconds;
        return new($"ISP's share of: {Training}, ISP with BatchNorm, at most 5 %", 100 / ratio, "%") { ComparedWith = "time of step / time of ISP", Ratio = ratio, Target = 20 };
    }

    private static double Pixels(int size, int batch) => (double)batch * size * size / 1e6;

    private static string NameOf(string what, int size, bool batchNorm, bool isEager) =>
        $"ParametrizedIsp{(batchNorm ? " with BatchNorm" : "")}, {(isEager ? "eager, " : "")}{what}, {size}×{size}";

    private static TimedCase[] Pair(string what, int size, int batch, bool batchNorm, Func<string, int, int, Func<DifferentiableStage>, TimedCase> measure, double? target)
    {
        var eager = NameOf(what, size, batchNorm, isEager: true);
        return
        [
            measure(eager, size, batch, () => Create(batchNorm, vectors: null)),
            measure(NameOf(what, size, batchNorm, isEager: false), size, batch, () => Create(batchNorm, SimdWidths.Widest))
                with { ComparedWith = eager, Target = target },
        ];
    }

    private static TimedCase TwoThreads()
    {
        var one = NameOf("forward+backward", Size, batchNorm: true, isEager: false);
        var subject = ForwardBackward($"{one}, 2 threads", Size, Batch, () => Create(batchNorm: true, SimdWidths.Widest));
        return subject with
        {
            ComparedWith = one,
            Prepare = () =>
            {
                set_num_threads(2);
                return subject.Prepare();
            },
        };
    }

    private static ParametrizedIsp Create(bool batchNorm, SimdWidth? vectors) =>
        new(new() { Camera = CameraParameters.RawDrone, BatchNorm = batchNorm }) { Vectors = vectors };

    private static TimedCase Forward(string name, int size, int batch, Func<DifferentiableStage> create) => new(name, IspSuite.Unit, Pixels(size, batch), () =>
    {
        var stage = create();
        stage.eval();
        var raw = RawBatch(size, batch);
        return new(Run, stage, raw);

        void Run()
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            stage.forward(raw);
        }
    });

    private static TimedCase ForwardBackward(string name, int size, int batch, Func<DifferentiableStage> create) => new(name, IspSuite.Unit, Pixels(size, batch), () =>
    {
        var stage = create();
        var raw = RawBatch(size, batch);
        var gradient = ones(batch, 3, size, size);
        return new(Run, stage, raw, gradient);

        void Run()
        {
            using var scope = NewDisposeScope();
            stage.zero_grad();
            stage.forward(raw).backward([gradient]);
        }
    });

    private static Tensor RawBatch(int size, int batch) => tensor(TestImages.Mosaics(size, batch).SelectMany(raw => raw).ToArray()).view(batch, size, size);
}
