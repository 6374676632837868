using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>Images with their classes and the views that the model's own stages make of them, made once.</summary>
/// <param name="Set">What the first stage reads.</param>
/// <param name="Classes">Index of each image's class.</param>
/// <param name="Views">Views [N, C, H, W], before any batch normalisation.</param>
internal sealed record TaskImages(ImageSet Set, long[] Classes, Tensor Views) : IDisposable
{
    public int Count => Set.Count;

    public void Dispose() => Views.Dispose();
}
