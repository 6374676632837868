using Lens2Logit.Sensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Benchmarks;

/// <summary>How fast the exact sampler takes pictures, against torch's own random numbers.</summary>
public sealed class SamplingSuite : Suite
{
    private const int Size = 256, Images = 16;
    private const double Target = 10;
    private const double Megasamples = Size * Size / 1e6;
    private const string Unit = "Msamples/s";

    /// <inheritdoc/>
    public override string Name => "sampling";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } =
    [
        $"Images: {Size}×{Size}, synthetic smear, SensorPresets.RawDrone.",
        "MeasurementSampler: Measure into an existing buffer: photons, fixed pattern, read noise, full well, quantisation; the fixed pattern exists.",
        "torch: poisson of the same mean electrons plus randn, float32: the random numbers alone, not reproducible by pixel, without sensor. "
            + "The ratio compares rates at the same illumination.",
        $"Two threads: of torch, torch.set_num_threads(2), which its generator does not use; of MeasurementSampler, Parallel.For over {Images} images.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } = [.. new[] { 1f, 0.1f, 0.01f }.SelectMany(CasesOf)];

    private static IEnumerable<TimedCase> CasesOf(float illumination)
    {
        var exposure = new Exposure { Illumination = illumination };
        var light = FormattableString.Invariant($"illumination {illumination}");
        string torch = $"torch poisson + randn, {light}", ours = $"MeasurementSampler, {light}";
        return
        [
            new(torch, Unit, Megasamples, () => Torch(exposure, 1)),
            new(ours, Unit, Megasamples, () => Ours(exposure)) { ComparedWith = torch, Target = Target },
            new($"{torch}, two threads", Unit, Megasamples, () => Torch(exposure, 2)),
            new($"{ours}, two threads", Unit, Images * Megasamples, () => OursOnTwoThreads(exposure)) { ComparedWith = $"{torch}, two threads" },
        ];
    }

    private static Workload Ours(Exposure exposure)
    {
        var sampler = new MeasurementSampler(SensorPresets.RawDrone, exposure);
        var scene = TestImages.Scenes(Size, 1)[0];
        var raw = new float[Size * Size];
        ulong key = 0;
        // A new key for every call, as in a data set: the branches taken must not be learnt by heart.
        return new(() => sampler.Measure(scene, Size, Size, key++, raw));
    }

    private static Workload OursOnTwoThreads(Exposure exposure)
    {
        var sampler = new MeasurementSampler(SensorPresets.RawDrone, exposure);
        var scene = TestImages.Scenes(Size, 1)[0];
        var raws = Enumerable.Range(0, Images).Select(_ => new float[Size * Size]).ToArray();
        var two = new ParallelOptions { MaxDegreeOfParallelism = 2 };
        ulong key = 0;
        return new(Run);

        void Run()
        {
            Parallel.For(0, Images, two, image => sampler.Measure(scene, Size, Size, key + (ulong)image, raws[image]));
            key += Images;
        }
    }

    private static Workload Torch(Exposure exposure, int threads)
    {
        set_num_threads(threads);
        var electrons = tensor(MeanElectrons(exposure)).view(Size, Size);
        return new(Run, electrons);

        void Run()
        {
            using var scope = NewDisposeScope();
            _ = poisson(electrons) + randn(Size, Size);
        }
    }

    /// <summary>What each pixel collects on average, without dark current and fixed pattern.</summary>
    private static float[] MeanElectrons(Exposure exposure)
    {
        var sensor = SensorPresets.RawDrone;
        var scene = TestImages.Scenes(Size, 1)[0];
        var electrons = new float[Size * Size];
        for (int i = 0; i < electrons.Length; i++)
        {
            int channel = sensor.Cfa.ChannelAt(i / Size, i % Size);
            electrons[i] = (float)(scene[channel * electrons.Length + i] * exposure.ElectronsAtWhite(sensor, channel));
        }
        return electrons;
    }
}
