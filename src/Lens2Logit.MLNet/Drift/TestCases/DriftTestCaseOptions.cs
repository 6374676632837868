using Lens2Logit.Corruptions;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift.Synthesis;

namespace Lens2Logit.MLNet.Drift.TestCases;

/// <summary>Which test cases <see cref="DriftCatalog.TestCases"/> makes. Each list adds cases to the condition as it is, which is always the first.</summary>
public sealed record DriftTestCaseOptions
{
    /// <summary>The condition that cases deviate from. Default the drone camera in full light with <c>bi,s,ga</c>.</summary>
    public DriftCondition Condition { get; init; } = new() { Name = "nominal" };

    /// <summary>ISP configurations, see <see cref="IspConfiguration.Parse"/>. Default the 12 of the paper.</summary>
    public IReadOnlyList<string> Configurations { get; init; } = [.. IspConfiguration.All.Select(c => c.ToString())];

    /// <summary>Drifts of light, camera, lens and noise. Default null: <see cref="MeasurementDrift.Defaults"/>, or none where the data are raw images.</summary>
    public IReadOnlyList<MeasurementDrift>? MeasurementDrifts { get; init; }

    /// <summary>Corruptions of the view. Default all ten, severity 3, gentle.</summary>
    public IReadOnlyList<CorruptionSetting> Corruptions { get; init; } = [.. Corruption.Names.Select(name => new CorruptionSetting(name))];

    /// <summary>Seed of the noise of every case. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
