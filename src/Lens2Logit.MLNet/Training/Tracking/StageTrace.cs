using Lens2Logit.MLNet.Training.Loop;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Tracking;

/// <summary>An image on its way through the stages.</summary>
/// <param name="Name">The step: <c>source</c>, <c>Rgb.blurred</c>, <c>Rgb</c>.</param>
/// <param name="Image">[C, H, W] or [H, W].</param>
/// <param name="Gradient">Derivative of the loss, of the same shape.</param>
internal sealed record TracedStep(string Name, Tensor Image, Tensor Gradient);

/// <summary>Follows one row from the source to the network, and the gradient back.</summary>
internal static class StageTrace
{
    /// <summary>All steps in order; the tensors belong to the current dispose scope. Gradients of parameters are left behind.</summary>
    public static List<TracedStep> Of(TrainedModules modules, TrainingTask task, TrainingRow row, IReadOnlyList<int> imageShape, IReadOnlyList<int> targetShape, Device device)
    {
        modules.SetTraining(false);
        var image = tensor(row.Image, device: device).view([1, .. imageShape.Select(d => (long)d)]).requires_grad_();
        var target = tensor(row.Target, device: device).view([1, .. targetShape.Select(d => (long)d)]);
        var images = new List<(string Name, Tensor Value)> { (modules.Chain.SourceColumn, image) };
        foreach (var link in modules.Chain.Links)
        {
            var steps = new Dictionary<string, Tensor>();
            image = link.Stage.Trace(image, steps);
            images.AddRange(steps.Select(step => ($"{link.OutputColumn}.{step.Key}", step.Value)));
            image.retain_grad();
            images.Add((link.OutputColumn, image));
        }
        task.Loss(modules.Network.forward(image), target).backward();
        return [.. images.Select(i => new TracedStep(i.Name, i.Value.detach()[0], i.Value.grad is { } gradient ? gradient[0] : zeros_like(i.Value)[0]))];
    }
}
