using Lens2Logit.Networks;

namespace Lens2Logit.Benchmarks;

/// <summary>What the ISP costs in training.</summary>
public sealed class TrainingSuite : Suite
{
    private const int Size = 64, Batch = 32;
    private static readonly string[] Networks = [Architecture.SmallCnn, Architecture.ResNet18];

    /// <inheritdoc/>
    public override string Name => "training";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } =
    [
        $"Step: forward, cross entropy, backward, Adam and reading the loss, {Size}×{Size}, batch {Batch}, five classes; the batch is a tensor already. "
            + "Alone: the network on ready images; frozen: behind a ParametrizedIsp in eval mode without gradients; learned: through one that Adam updates too.",
        "ISP's share: 1 − time of the step alone / time with the ISP.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } =
    [
        .. from network in Networks from role in Enum.GetValues<IspRole>() select Step(network, role),
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

    private static string StepName(string network, IspRole role) => $"{network} step, " + role switch
    {
        IspRole.Absent => "alone",
        IspRole.Frozen => "frozen ISP",
        _ => "learned ISP",
    };
}
