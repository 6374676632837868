using Lens2Logit.MLNet.Training;

namespace Lens2Logit.Tests.Training;

/// <summary>Keeps every report; unlike Progress&lt;T&gt; at once and in order.</summary>
internal sealed class Reports(Action<TrainingProgress>? then = null) : IProgress<TrainingProgress>
{
    public List<TrainingProgress> All { get; } = [];

    public void Report(TrainingProgress value)
    {
        All.Add(value);
        then?.Invoke(value);
    }
}
