using System.Diagnostics;
using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Training;
using Spectre.Console;

namespace Lens2Logit.Examples;

/// <summary>A live bar with what is being done and the time left; a line for each new message where the output is not a terminal.</summary>
internal sealed class DriftBar : IProgress<DriftProgress>, IProgress<TrainingProgress>
{
    private readonly ProgressTask? _task;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly string _training;
    private string _said = "";

    private DriftBar(ProgressTask? task, string training) => (_task, _training) = (task, training);

    /// <summary>Runs work with a bar.</summary>
    /// <param name="training">What to call the progress of a single training.</param>
    /// <param name="work">The work.</param>
    public static void Show(string training, Action<DriftBar> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
            work(new(null, training));
        else
            AnsiConsole.Progress().Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(bars => work(new(bars.AddTask("starting", maxValue: 1), training)));
    }

    public void Report(DriftProgress value)
    {
        if (_task is { } task)
        {
            (task.MaxValue, task.Value, task.Description) = (value.Total, value.Done, Markup.Escape(value.Message));
            return;
        }
        if (value.Message == _said)
            return;
        _said = value.Message;
        // The first moments tell nothing about the rest.
        var left = value.Done > 0.03 * value.Total ? $", {TimeSpan.FromSeconds(Math.Round(_watch.Elapsed.TotalSeconds * (value.Total - value.Done) / value.Done))} left" : "";
        Console.WriteLine($"[{value.Done:F1} of {value.Total:F0}{left}] {value.Message}");
    }

    public void Report(TrainingProgress value)
    {
        if (_task is not null || value.EndOfEpoch)
            Report(new DriftProgress(value.Step, value.Steps, $"{_training}: epoch {value.Epoch} of {value.Epochs}, loss {value.Loss:F3}, accuracy {value.Accuracy:P1}"));
    }
}
