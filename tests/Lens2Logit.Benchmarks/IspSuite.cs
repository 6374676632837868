using Lens2Logit.Isp;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Benchmarks;

/// <summary>How fast raw images are developed, against the speed of memory.</summary>
public sealed class IspSuite : Suite
{
    private const int Size = 256, Batch = 8;
    private const string Unit = "images/s", Limit = "limit of memory";

    /// <inheritdoc/>
    public override string Name => "isp";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } =
    [
        $"Images: {Size}×{Size} float32, synthetic smears as Raw-Drone's camera sees them.",
        "Static: one StaticIsp.Process into an existing buffer. This is the plain implementation, the baseline of faster kernels to come.",
        $"RawToRgb and ParametrizedIsp: batches of {Batch}, per image; forward without gradients; forward+backward with gradients of all parameters "
            + "and not of the raw image, from a given gradient of the view. Input tensors exist already.",
        "Limit of memory: a copy of 256 MiB, expressed as the images/s that moving 16·H·W bytes per image allows (read H·W, write 3·H·W floats; "
            + "a copy of n bytes moves 2n). The ratio is the share of that limit.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } =
    [
        MemoryCopy(),
        .. IspConfiguration.All.Append(IspConfiguration.Parse("bi,s,fft")).Select(Static),
        Forward("RawToRgb, forward", () => new RawToRgb(new() { BlackLevel = CameraParameters.RawDrone.BlackLevel })),
        .. new[] { false, true }.SelectMany(Parametrized),
    ];

    private static TimedCase MemoryCopy()
    {
        const int Floats = 256 << 20 >> 2;
        const double Images = 2.0 * Floats * sizeof(float) / (16.0 * Size * Size);
        return new(Limit, Unit, Images, () =>
        {
            float[] source = new float[Floats], target = new float[Floats];
            // Pages of zeros that were never written may all be the same one.
            Array.Fill(source, 1);
            return new(() => source.CopyTo(target, 0));
        });
    }

    private static TimedCase Static(IspConfiguration configuration) => new($"static {configuration}", Unit, 1, () =>
    {
        var isp = new StaticIsp(CameraParameters.RawDrone, configuration);
        var raw = TestImages.Mosaics(Size, 1)[0];
        var rgb = new float[3 * raw.Length];
        return new(() => isp.Process<float>(raw, Size, Size, rgb));
    })
    { ComparedWith = Limit };

    private static IEnumerable<TimedCase> Parametrized(bool batchNorm)
    {
        var name = batchNorm ? "ParametrizedIsp with BatchNorm" : "ParametrizedIsp";
        return [Forward($"{name}, forward", Create), ForwardBackward($"{name}, forward+backward", Create)];

        ParametrizedIsp Create() => new(new() { Camera = CameraParameters.RawDrone, BatchNorm = batchNorm });
    }

    private static TimedCase Forward(string name, Func<DifferentiableStage> create) => new(name, Unit, Batch, () =>
    {
        var stage = create();
        stage.eval();
        var raw = RawBatch();
        return new(Run, stage, raw);

        void Run()
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            stage.forward(raw);
        }
    })
    { ComparedWith = Limit };

    private static TimedCase ForwardBackward(string name, Func<DifferentiableStage> create) => new(name, Unit, Batch, () =>
    {
        var stage = create();
        var raw = RawBatch();
        var gradient = ones(Batch, 3, Size, Size);
        return new(Run, stage, raw, gradient);

        void Run()
        {
            using var scope = NewDisposeScope();
            stage.zero_grad();
            stage.forward(raw).backward([gradient]);
        }
    })
    { ComparedWith = Limit };

    private static Tensor RawBatch() => tensor(TestImages.Mosaics(Size, Batch).SelectMany(raw => raw).ToArray()).view(Batch, Size, Size);
}
