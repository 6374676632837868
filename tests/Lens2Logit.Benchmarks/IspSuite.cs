using Lens2Logit.Isp;

namespace Lens2Logit.Benchmarks;

/// <summary>How fast raw images are developed, against the speed of memory, the plain versions, torch and OpenCV.</summary>
public sealed class IspSuite : Suite
{
    /// <summary>The unit of all rates: what moving memory allows per pixel does not depend on the image's size.</summary>
    internal const string Unit = "Mpixel/s";

    /// <summary>The case to which shares of the speed of memory refer.</summary>
    internal const string Limit = "limit of memory";

    // An ISP reads one float and writes three per pixel; a copy of n bytes moves 2n.
    private const int CopiedBytes = 256 << 20, BytesPerPixel = 16;

    /// <inheritdoc/>
    public override string Name => "isp";

    /// <inheritdoc/>
    public override string? Document => "docs/performance.md";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } =
    [
        "Images: synthetic smears as Raw-Drone's camera sees them; the one of 4000×3000 repeats a smaller one.",
        "Static: one StaticIsp.Process into an existing buffer. Plain: the same by PlainStaticIsp, the frozen baseline, measured right before; "
            + "it allocates its intermediate images, and their collection is part of its time.",
        "ParametrizedIsp: forward without gradients; forward+backward with gradients of all parameters and not of the raw image, from a given "
            + "gradient of the view. Eager: the same module by torch's own operations, the allocator tuned for both. Input tensors exist already.",
        "OpenCV: demosaicing alone (CvtColor, 16 bit to 16 bit), beside whole pipelines of ours.",
        $"Limit of memory: a copy of {CopiedBytes >> 20} MiB on one thread, expressed as the pixels that moving {BytesPerPixel} bytes each allows. "
            + "A ratio to it is the share of that limit.",
        "Cases that say 2 threads use two, all others one.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } = [MemoryCopy(), .. StaticIspCases.All(), .. OpenCvCases.All(), .. ParametrizedIspCases.All()];

    /// <inheritdoc/>
    public override IEnumerable<Row> Derive(IReadOnlyDictionary<string, Measurement> measured)
    {
        double limit = RateOf(Limit, measured);
        var shares = Cases.Where(c => c.Name.StartsWith("static", StringComparison.Ordinal)).Select(c => new Row($"{c.Name}, share of the limit", RateOf(c.Name, measured), Unit)
        {
            ComparedWith = Limit,
            Ratio = RateOf(c.Name, measured) / limit,
            Target = c.Name == StaticIspCases.NameOf("ma,s,ga") ? 0.25 : null,
        });
        return [.. shares, ParametrizedIspCases.ShareOfTraining(measured), StaticIspCases.MemoryOfLargeImage()];
    }

    private double RateOf(string name, IReadOnlyDictionary<string, Measurement> measured) =>
        Cases.First(c => c.Name == name).WorkPerCall / measured[name].MedianSeconds;

    private static TimedCase MemoryCopy() => new(Limit, Unit, 2.0 * CopiedBytes / BytesPerPixel / 1e6, () =>
    {
        float[] source = new float[CopiedBytes / sizeof(float)], target = new float[source.Length];
        // Pages of zeros that were never written may all be the same one.
        Array.Fill(source, 1);
        return new(() => source.CopyTo(target, 0));
    });
}
