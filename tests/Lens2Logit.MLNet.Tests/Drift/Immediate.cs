using Lens2Logit.MLNet.Drift;

namespace Lens2Logit.Tests.Drift;

/// <summary>Passes progress on at once, on the thread that reports it.</summary>
internal sealed class Immediate(Action<DriftProgress> report) : IProgress<DriftProgress>
{
    public void Report(DriftProgress value) => report(value);
}
