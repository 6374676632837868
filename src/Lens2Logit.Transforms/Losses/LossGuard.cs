using static TorchSharp.torch;

namespace Lens2Logit.Losses;

/// <summary>The checks of shapes that losses and metrics share.</summary>
internal static class LossGuard
{
    public static void RequireSameImages(Tensor first, Tensor second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.dim() != 4 || !first.shape.SequenceEqual(second.shape))
            throw new ArgumentException($"Two batches [N, C, H, W] of one shape are compared; found {Print(first)} and {Print(second)}.");
    }

    /// <summary>Masks [N, H, W] or [N, 1, H, W] on both sides, as [N, H, W]; a batch of one stays a batch.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static (Tensor Prediction, Tensor Target) Masks(Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        var (flatPrediction, flatTarget) = (Flat(prediction), Flat(target));
        if (flatPrediction is null || flatTarget is null || !flatPrediction.shape.SequenceEqual(flatTarget.shape))
            throw new ArgumentException(
                $"Predicted and target masks must be [N, H, W] or [N, 1, H, W] of one size; found {Print(prediction)} and {Print(target)}.");
        return (flatPrediction, flatTarget);

        static Tensor? Flat(Tensor mask) => mask.dim() switch
        {
            3 => mask,
            4 when mask.shape[1] == 1 => mask.squeeze(1),
            _ => null,
        };
    }

    private static string Print(Tensor value) => $"[{string.Join(", ", value.shape)}]";
}
