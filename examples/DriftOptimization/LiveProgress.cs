using Lens2Logit.MLNet.Training;
using Spectre.Console;

namespace DriftOptimization;

/// <summary>A live bar per phase with loss and accuracy, and one for the whole; a line per phase where the output is not a terminal.</summary>
internal sealed class LiveProgress
{
    private readonly ProgressContext? _bars;
    private readonly ProgressTask? _total;

    private LiveProgress(ProgressContext? bars, int phases)
    {
        _bars = bars;
        _total = bars?.AddTask("all", maxValue: phases);
    }

    public static void Show(int phases, Action<LiveProgress> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
            work(new(null, phases));
        else
            AnsiConsole.Progress().Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(bars => work(new(bars, phases)));
    }

    public IProgress<TrainingProgress> Phase(string name) => new PhaseProgress(this, name);

    private sealed class PhaseProgress(LiveProgress owner, string name) : IProgress<TrainingProgress>
    {
        private ProgressTask? _bar;

        public void Report(TrainingProgress value)
        {
            var validation = value.ValidationAccuracy is { } v ? $", test {v:P1}" : "";
            var text = $"{name}  loss {value.Loss:F3}, accuracy {value.Accuracy:P1}{validation}";
            if (owner._bars is not { } bars)
            {
                if (value.Step == value.Steps)
                    Console.WriteLine(text);
                return;
            }
            _bar ??= bars.AddTask(name, maxValue: value.Steps);
            _bar.Description = text;
            _bar.Value = value.Step;
            owner._total!.Increment(1.0 / value.Steps);
        }
    }
}
