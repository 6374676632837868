using Lens2Logit.MLNet.Training;

namespace Lens2Logit.MLNet.Drift;

/// <summary>Passes the progress of a training on at once, on the thread that trains.</summary>
internal sealed class TrainingReport(Action<TrainingProgress> report) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => report(value);
}
