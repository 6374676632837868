using Lens2Logit.Demosaicing;
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
        "Static: one StaticIsp.Process into an existing buffer, by the fused kernels where they exist (not for fft). "
            + "Plain: the same by PlainStaticIsp, the frozen baseline, measured right before.",
        $"RawToRgb and ParametrizedIsp: batches of {Batch}, per image; forward without gradients; forward+backward with gradients of all parameters "
            + "and not of the raw image, from a given gradient of the view. Input tensors exist already.",
        "Limit of memory: a copy of 256 MiB, expressed as the images/s that moving 16·H·W bytes per image allows (read H·W, write 3·H·W floats; "
            + "a copy of n bytes moves 2n). The ratio is the share of that limit.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } =
    [
        MemoryCopy(),
        .. IspConfiguration.All.Append(IspConfiguration.Parse("bi,s,fft")).SelectMany(Static),
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

    /// <inheritdoc/>
    public override IEnumerable<Row> Derive(IReadOnlyDictionary<string, Measurement> measured)
    {
        var limit = Cases.First(c => c.Name == Limit);
        double limitRate = limit.WorkPerCall / measured[Limit].MedianSeconds;
        return IspConfiguration.All.Select(configuration =>
        {
            double rate = 1 / measured[StaticName(configuration)].MedianSeconds;
            return new Row($"{StaticName(configuration)}, share of the limit", rate, Unit)
            {
                ComparedWith = Limit,
                Ratio = rate / limitRate,
                Target = configuration.ToString() == "ma,s,ga" ? 0.25 : null,
            };
        });
    }

    private static string StaticName(IspConfiguration configuration) => $"static {configuration}";

    private static IEnumerable<TimedCase> Static(IspConfiguration configuration)
    {
        var plain = $"plain {configuration}";
        bool isFused = configuration.Denoising != DenoisingMethod.Fourier;
        bool isSlowInPlain = configuration.Demosaicing == DemosaicMethod.Menon2007 || configuration.Denoising == DenoisingMethod.Median;
        return
        [
            Timed(plain, (isp, raw, rgb) => PlainStaticIsp.Process<float>(isp, raw, Size, Size, rgb)),
            Timed(StaticName(configuration), (isp, raw, rgb) => isp.Process<float>(raw, Size, Size, rgb)) with
            {
                ComparedWith = plain,
                Target = !isFused ? null : isSlowInPlain ? 40 : 70,
            },
        ];

        TimedCase Timed(string name, Action<StaticIsp, float[], float[]> process) => new(name, Unit, 1, () =>
        {
            var isp = new StaticIsp(CameraParameters.RawDrone, configuration);
            var raw = TestImages.Mosaics(Size, 1)[0];
            var rgb = new float[3 * raw.Length];
            return new(() => process(isp, raw, rgb));
        });
    }

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
