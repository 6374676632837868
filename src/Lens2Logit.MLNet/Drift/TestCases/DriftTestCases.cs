using Lens2Logit.MLNet.Drift.Synthesis;

namespace Lens2Logit.MLNet.Drift.TestCases;

/// <summary>Makes the cases that the options ask for.</summary>
internal static class DriftTestCases
{
    public static IEnumerable<DriftTestCase> Of(DriftTestCaseOptions options)
    {
        var nominal = options.Condition;
        var drifts = options.MeasurementDrifts ?? (nominal.Acquisition is null ? [] : MeasurementDrift.Defaults);
        IEnumerable<DriftCondition> conditions =
        [
            nominal,
            .. options.Configurations.Select(c => nominal with { Name = $"isp {Isp.IspConfiguration.Parse(c)}", Configuration = c }),
            .. drifts.Select(drift => drift.Apply(nominal) with { Name = drift.Name }),
            .. options.Corruptions.Select(c => nominal with { Name = FormattableString.Invariant($"{c.Name} {c.Severity} {c.Preset}"), Corruption = c }),
        ];
        return conditions.Select(condition => new DriftTestCase(condition, options.Seed));
    }
}
