using Lens2Logit.MLNet.Training.Loop;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Tracking;

/// <summary>
/// Writes a training for TensorBoard: loss, metric, gradient norm and learning rate after every step; and after every epoch those on the validation
/// rows, histograms and, where they are few, values of the stages' parameters, and the pictures of tracked rows.
/// </summary>
internal sealed class TensorBoardLog
{
    private const int FewValues = 9;

    private readonly SummaryWriter _writer;
    private readonly TrainedModules _modules;

    public TensorBoardLog(string folder, TrainedModules modules)
    {
        Directory.CreateDirectory(folder);
        (_writer, _modules) = (utils.tensorboard.SummaryWriter(folder, createRunName: false), modules);
    }

    public void Add(TrainingProgress progress)
    {
        Scalar("train/loss", progress.Loss, progress.Step);
        Scalar($"train/{progress.MetricName}", progress.Metric, progress.Step);
        Scalar("train/gradient norm", progress.GradientNorm, progress.Step);
        Scalar("train/learning rate", progress.LearningRate, progress.Step);
        if (!progress.EndOfEpoch)
            return;
        if (progress.ValidationLoss is { } loss)
            Scalar("validation/loss", loss, progress.Step);
        if (progress.ValidationMetric is { } metric)
            Scalar($"validation/{progress.MetricName}", metric, progress.Step);
        foreach (var link in _modules.Chain.Links)
        {
            foreach (var (name, parameter) in link.Stage.named_parameters())
                Parameter($"{link.OutputColumn}/{name}", parameter, progress.Step);
        }
    }

    /// <summary>Adds a PNG file.</summary>
    public void AddPicture(string name, string path, int step) => _writer.add_img(name, path, step);

    private void Parameter(string name, Tensor parameter, int step)
    {
        using var scope = NewDisposeScope();
        var values = parameter.detach().cpu().to(ScalarType.Float32).flatten();
        _writer.add_histogram(name, values, step);
        if (values.numel() > FewValues)
            return;
        for (int i = 0; i < values.numel(); i++)
            Scalar(values.numel() == 1 ? name : $"{name}/{i}", values[i].ToDouble(), step);
    }

    private void Scalar(string name, double value, int step) => _writer.add_scalar(name, (float)value, step);
}
