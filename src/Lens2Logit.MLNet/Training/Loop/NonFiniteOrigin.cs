using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>Where numbers stopped being finite: runs a batch through the modules step by step.</summary>
internal static class NonFiniteOrigin
{
    /// <summary>For example <c>step 'gamma_corrected' of stage 'parametrized-isp' (column 'Rgb')</c>.</summary>
    public static string Find(TrainedModules modules, TrainingBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var (images, _) = batch.ToDevice();
        foreach (var link in modules.Chain.Links)
        {
            var stage = $"stage '{link.Stage.Kind}' (column '{link.OutputColumn}')";
            if (link.Stage.named_parameters().FirstOrDefault(p => !IsFinite(p.parameter)).name is { } parameter)
                return $"parameter '{parameter}' of {stage}";
            var steps = new Dictionary<string, Tensor>();
            images = link.Stage.Trace(images, steps);
            if (steps.FirstOrDefault(step => !IsFinite(step.Value)).Key is { } name)
                return $"step '{name}' of {stage}";
            if (!IsFinite(images))
                return stage;
        }
        if (modules.Network.named_parameters().FirstOrDefault(p => !IsFinite(p.parameter)).name is { } weight)
            return $"parameter '{weight}' of the network";
        return IsFinite(modules.Network.forward(images)) ? "the loss" : "the network";
    }

    private static bool IsFinite(Tensor values) => values.isfinite().all().ToBoolean();
}
