using static TorchSharp.torch;

namespace Lens2Logit.Native;

/// <summary>
/// Keeps the gradients that a backward pass hands to libtorch until the next one. Libtorch takes them over after the pass has returned: before, the
/// garbage collector must not have them, and later they would only use memory.
/// </summary>
internal sealed class HandedGradients : IDisposable
{
    [ThreadStatic]
    private static HandedGradients? _ofThread;

    private Tensor?[] _gradients = [];

    /// <summary>Those of the calling thread: for nodes on the CPU, whose backward passes libtorch runs one after the other on the caller's thread.</summary>
    public static HandedGradients OfThread => _ofThread ??= new();

    public void Keep(Tensor?[] gradients)
    {
        foreach (var gradient in Interlocked.Exchange(ref _gradients, gradients))
            gradient?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => Keep([]);
}
