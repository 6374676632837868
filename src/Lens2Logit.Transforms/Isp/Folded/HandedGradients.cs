using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>
/// Keeps the gradients that a backward pass hands to libtorch until the next one: libtorch takes them over after the pass has returned, and
/// on a thread of its own no scope disposes them.
/// </summary>
internal sealed class HandedGradients : IDisposable
{
    private Tensor?[] _gradients = [];

    public void Keep(Tensor?[] gradients)
    {
        foreach (var gradient in Interlocked.Exchange(ref _gradients, gradients))
            gradient?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => Keep([]);
}
