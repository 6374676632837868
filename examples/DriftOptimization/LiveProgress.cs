using Lens2Logit.MLNet.Training;
using Spectre.Console;

namespace DriftOptimization;

/// <summary>A live bar per phase with loss and accuracy; plain lines where the output is not a terminal.</summary>
internal sealed class LiveProgress
{
    private readonly ProgressContext _context;
    private readonly ProgressTask _total;

    private LiveProgress(ProgressContext context, int phases)
    {
        _context = context;
        _total = context.AddTask("all", maxValue: phases);
    }

    public static void Show(int phases, Action<LiveProgress> work)
    {
        var progress = AnsiConsole.Progress().HideCompleted(false).AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());
        progress.Start(context => work(new(context, phases)));
    }

    public IProgress<TrainingProgress> Phase(string name) => new PhaseProgress(this, name);

    private sealed class PhaseProgress(LiveProgress owner, string name) : IProgress<TrainingProgress>
    {
        private ProgressTask? _task;

        public void Report(TrainingProgress value)
        {
            _task ??= owner._context.AddTask(name, maxValue: value.Steps);
            var validation = value.ValidationAccuracy is { } v ? $", test {v:P1}" : "";
            _task.Description = $"{name}  loss {value.Loss:F3}, accuracy {value.Accuracy:P1}{validation}";
            _task.Value = value.Step;
            owner._total.Increment(1.0 / value.Steps);
        }
    }
}
