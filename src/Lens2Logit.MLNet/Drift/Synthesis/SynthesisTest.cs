using Lens2Logit.Corruptions;

namespace Lens2Logit.MLNet.Drift.Synthesis;

/// <summary>What a model is tested on, and how the test is known in results.</summary>
internal static class SynthesisTest
{
    public const string OtherPipeline = "pipeline", Corrupted = "corruption", Measurement = "measurement";

    public static string Pipeline(string condition) => $"{OtherPipeline}/{condition}";

    public static string Corruption(CorruptionPreset preset, string name, int severity) => FormattableString.Invariant($"{Corrupted}/{preset}/{name}/{severity}");

    public static string Drift(string name) => $"{Measurement}/{name}";

    /// <summary>All tests of a model that was trained on one condition.</summary>
    public static IEnumerable<(string Key, Func<DriftCondition> Condition)> Of(DriftCondition trained, IReadOnlyList<DriftCondition> conditions,
        IReadOnlyList<MeasurementDrift> drifts, SynthesisOptions options) =>
    [
        .. conditions.Select(condition => (Pipeline(condition.Name), (Func<DriftCondition>)(() => condition))),
        .. from preset in options.Presets
           from name in options.Corruptions
           from severity in options.Severities
           select (Corruption(preset, name, severity), (Func<DriftCondition>)(() => trained with { Corruption = new(name, severity, preset) })),
        .. drifts.Select(drift => (Drift(drift.Name), (Func<DriftCondition>)(() => drift.Apply(trained)))),
    ];
}
