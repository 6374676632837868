using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;

namespace Lens2Logit.Benchmarks;

/// <summary>What the ISP costs in training, what memory format and precision gain, and what the loop around the steps costs.</summary>
public sealed class TrainingSuite : Suite
{
    private const int Size = 64, Batch = 32, LargeSize = 256, LargeBatch = 4;
    private const double ChannelsLastTarget = 1.5, BFloat16Target = 2.5, LoopTarget = 0.9;
    private const string Plain = "ResNet18 step, 256×256, plain TorchSharp";
    private static readonly string[] Networks = [Architecture.SmallCnn, Architecture.ResNet18];

    /// <inheritdoc/>
    public override string Name => "training";

    /// <inheritdoc/>
    public override int Threads => Environment.ProcessorCount;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } =
    [
        $"Step: forward, cross entropy, backward, Adam and reading the loss, {Size}×{Size}, batch {Batch}, five classes; the batch is a tensor already. "
            + "Alone: the network on ready images; frozen: behind a ParametrizedIsp in eval mode without gradients; learned: through one that Adam updates too.",
        $"256×256: the network alone, batch {LargeBatch}: forward, cross entropy, backward, Adam. Whole loop: an epoch of four batches with reading a cached data view anew, "
            + "ParametrizedIsp, network and optimiser, per image, in the format and precision of the step it is compared with.",
        "ISP's share: 1 − time of the step alone / time with the ISP.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } =
    [
        .. from network in Networks from role in Enum.GetValues<IspRole>() select Step(network, role),
        new(Plain, "images/s", LargeBatch, () => Large(TrainingPrecision.Float32, channelsLast: false)),
        new("ResNet18 step, 256×256, channels last", "images/s", LargeBatch, () => Large(TrainingPrecision.Float32, channelsLast: true)) { ComparedWith = Plain, Target = ChannelsLastTarget },
        new("ResNet18 step, 256×256, channels last, bfloat16", "images/s", LargeBatch, () => Large(TrainingPrecision.BFloat16, channelsLast: true)) { ComparedWith = Plain, Target = BFloat16Target },
        new("ResNet18 loop, 256×256", "images/s", 4 * LargeBatch, Loop) { ComparedWith = Plain, Target = LoopTarget },
    ];

    /// <inheritdoc/>
    public override IEnumerable<Row> Derive(IReadOnlyDictionary<string, Measurement> measured) =>
        from network in Networks
        from role in new[] { IspRole.Frozen, IspRole.Learned }
        let alone = measured[StepName(network, IspRole.Absent)].MedianSeconds
        let whole = measured[StepName(network, role)].MedianSeconds
        select new Row($"ISP's share of: {StepName(network, role)}", 100 * (1 - alone / whole), "%");

    private static TimedCase Step(string network, IspRole role) => new(StepName(network, role), "images/s", Batch, () =>
    {
        var step = new TrainingStep(network, role, Size, Batch);
        return new(step.Run, step);
    })
    { ComparedWith = role == IspRole.Absent ? null : StepName(network, IspRole.Absent) };

    private static Workload Large(TrainingPrecision precision, bool channelsLast)
    {
        var step = new FormatStep(LargeSize, LargeBatch, precision, channelsLast);
        return new(step.Run, step);
    }

    private static Workload Loop()
    {
        var epoch = new LoopEpoch(LargeSize, LargeBatch, batches: 4);
        return new(epoch.Run, epoch);
    }

    private static string StepName(string network, IspRole role) => $"{network} step, " + role switch
    {
        IspRole.Absent => "alone",
        IspRole.Frozen => "frozen ISP",
        _ => "learned ISP",
    };
}
