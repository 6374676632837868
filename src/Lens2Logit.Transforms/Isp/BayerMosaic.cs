using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>Mosaics as tensors: the checks of a batch of raw images, and masks of the four positions of the 2×2 cell.</summary>
internal static class BayerMosaic
{
    public static void RequireShape(ReadOnlySpan<int> shape, string stage)
    {
        if (shape.Length != 2)
            throw new ArgumentException($"{stage} expects raw images [H, W]; found [{string.Join(", ", shape.ToArray())}].");
        ImageGuard.RequireSize(shape[0], shape[1]);
    }

    public static void RequireBatch(Tensor raw, string stage)
    {
        if (raw.dim() != 3)
            throw new ArgumentException($"{stage} expects a batch of raw images [N, H, W]; found [{string.Join(", ", raw.shape)}].");
        ImageGuard.RequireSize((int)raw.shape[1], (int)raw.shape[2]);
    }

    /// <summary>[4, H, W]: one where the pixel has that position (row·2 + column) in its 2×2 cell, else zero. Odd sizes are fine.</summary>
    public static Tensor PhaseMasks(int height, int width, ScalarType type, Device device)
    {
        var masks = zeros([4, height, width], type, device);
        for (int position = 0; position < 4; position++)
            masks[position].slice(0, position >> 1, height, 2).slice(1, position & 1, width, 2).fill_(1);
        return masks;
    }
}
