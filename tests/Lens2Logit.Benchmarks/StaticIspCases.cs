using Lens2Logit.Demosaicing;
using Lens2Logit.Isp;

namespace Lens2Logit.Benchmarks;

/// <summary>The static pipelines, fused against plain.</summary>
internal static class StaticIspCases
{
    private const int Small = 256, Medium = 1024, LargeHeight = 3000, LargeWidth = 4000, Images = 32;
    private static readonly IspConfiguration Typical = IspConfiguration.Parse("ma,s,ga");

    public static string NameOf(string configuration) => $"static {configuration}";

    public static IEnumerable<TimedCase> All() =>
    [
        .. IspConfiguration.All.Append(IspConfiguration.Parse("bi,s,fft")).SelectMany(SmallPair),
        .. Sized($"{Medium}×{Medium}", Medium, Medium, target: null),
        .. Sized($"{LargeWidth}×{LargeHeight}", LargeHeight, LargeWidth, target: 110),
        Batch(),
    ];

    /// <summary>What developing a large image needs beyond the image and the view, by the peak of the process.</summary>
    public static Row MemoryOfLargeImage()
    {
        var isp = new StaticIsp(CameraParameters.RawDrone, Typical);
        var raw = TestImages.Mosaic(LargeHeight, LargeWidth);
        var rgb = new float[3 * raw.Length];
        Array.Fill(rgb, 1);
        long bytes = (raw.Length + (long)rgb.Length) * sizeof(float);
        long extra = ResidentMemory.PeakDuring(() => isp.Process<float>(raw, LargeHeight, LargeWidth, rgb, threads: 2));
        return new($"{NameOf(Typical.ToString())}, {LargeWidth}×{LargeHeight}, 2 threads: peak memory / (input + output), at most 1.2", (bytes + extra) / (double)bytes, "");
    }

    private static TimedCase[] SmallPair(IspConfiguration configuration)
    {
        var plain = $"plain {configuration}";
        bool isSlowInPlain = configuration.Demosaicing == DemosaicMethod.Menon2007 || configuration.Denoising == DenoisingMethod.Median;
        double? target = configuration.Denoising == DenoisingMethod.Fourier ? null : isSlowInPlain ? 40 : 70;
        return
        [
            Case(plain, configuration, Small, Small, (isp, raw, rgb) => PlainStaticIsp.Process<float>(isp, raw, Small, Small, rgb)),
            Case(NameOf(configuration.ToString()), configuration, Small, Small, (isp, raw, rgb) => isp.Process<float>(raw, Small, Small, rgb))
                with { ComparedWith = plain, Target = target },
        ];
    }

    private static TimedCase[] Sized(string size, int height, int width, double? target)
    {
        string plain = $"plain {Typical}, {size}", name = $"{NameOf(Typical.ToString())}, {size}";
        return
        [
            Case(plain, Typical, height, width, (isp, raw, rgb) => PlainStaticIsp.Process<float>(isp, raw, height, width, rgb)),
            Case(name, Typical, height, width, (isp, raw, rgb) => isp.Process<float>(raw, height, width, rgb)) with { ComparedWith = plain },
            Case($"{name}, 2 threads", Typical, height, width, (isp, raw, rgb) => isp.Process<float>(raw, height, width, rgb, threads: 2))
                with { ComparedWith = plain, Target = target },
            new($"{name}, 16 bit to 8 bit", IspSuite.Unit, height * width / 1e6, () =>
            {
                var isp = new StaticIsp(CameraParameters.RawDrone, Typical);
                var raw = Array.ConvertAll(TestImages.Mosaic(height, width), v => (ushort)(v * ushort.MaxValue));
                var rgb = new byte[3 * raw.Length];
                return new(() => isp.Process(raw, 16, height, width, rgb));
            })
            { ComparedWith = name },
        ];
    }

    private static TimedCase Batch() => new($"{NameOf(Typical.ToString())}, batch of {Images}, 2 threads", IspSuite.Unit, Images * Small * Small / 1e6, () =>
    {
        var isp = new StaticIsp(CameraParameters.RawDrone, Typical);
        var raw = TestImages.Mosaics(Small, Images).SelectMany(image => image).ToArray();
        var rgb = new float[3 * raw.Length];
        return new(() => isp.ProcessBatch(raw, Small, Small, rgb, threads: 2));
    })
    { ComparedWith = NameOf(Typical.ToString()) };

    private static TimedCase Case(string name, IspConfiguration configuration, int height, int width, Action<StaticIsp, float[], float[]> process) =>
        new(name, IspSuite.Unit, height * width / 1e6, () =>
        {
            var isp = new StaticIsp(CameraParameters.RawDrone, configuration);
            var raw = TestImages.Mosaic(height, width);
            var rgb = new float[3 * raw.Length];
            return new(() => process(isp, raw, rgb));
        });
}
