using Lens2Logit.Isp;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>Runs modules on one row outside of training: no gradients, nothing left behind. Thread safe for modules in eval mode.</summary>
internal static class StageInference
{
    /// <summary>Puts a row [shape] into a batch of one on the device. The caller owns it.</summary>
    public static Tensor ToBatch(float[] row, ReadOnlySpan<int> shape, Device device)
    {
        var dimensions = new long[shape.Length + 1];
        dimensions[0] = 1;
        for (int i = 0; i < shape.Length; i++)
            dimensions[i + 1] = shape[i];
        return tensor(row, dimensions, device: device);
    }

    public static void CopyTo(Tensor batchOfOne, Span<float> target)
    {
        using var flat = batchOfOne.cpu().contiguous();
        flat.data<float>().CopyTo(target);
    }

    /// <exception cref="InvalidDataException">A pixel is not finite; the message names row, column and pixel.</exception>
    public static void RequireFinite(float[] values, ReadOnlySpan<int> shape, string columnName, long row)
    {
        try
        {
            ImageGuard.RequireFinite<float>(values, shape[^2], shape[^1], columnName);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"Row {row} of column '{columnName}' cannot be used: {e.Message}", e);
        }
    }
}
