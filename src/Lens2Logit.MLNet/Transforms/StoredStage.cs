using Lens2Logit.Stages;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>Builds a stage again from what was stored of it.</summary>
internal static class StoredStage
{
    /// <param name="kind">The stage's <see cref="DifferentiableStage.Kind"/>.</param>
    /// <param name="options">Its options as JSON.</param>
    /// <param name="loadWeights">Gives the new stage its weights. Where it throws, the stage is disposed.</param>
    /// <returns>The stage; the caller owns it.</returns>
    /// <exception cref="ArgumentException">The kind is not registered; the message lists those that are.</exception>
    public static DifferentiableStage Build(string kind, string options, Action<DifferentiableStage> loadWeights)
    {
        var stage = StageRegistry.Create(kind, options);
        try
        {
            loadWeights(stage);
            return stage;
        }
        catch
        {
            stage.Dispose();
            throw;
        }
    }
}
