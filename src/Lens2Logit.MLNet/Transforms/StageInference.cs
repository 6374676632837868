using System.Runtime.InteropServices;
using Lens2Logit.Isp;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>Runs modules on one row outside of training: no gradients, nothing left behind. Thread safe for modules in eval mode.</summary>
internal static class StageInference
{
    /// <summary>
    /// A row [shape] as a batch of one on the device, without a copy on the CPU: the array must not change while the tensor is used.
    /// The tensor belongs to the current dispose scope.
    /// </summary>
    public static Tensor ToBatch(float[] row, ReadOnlySpan<int> shape, Device device)
    {
        var dimensions = new long[shape.Length + 1];
        dimensions[0] = 1;
        for (int i = 0; i < shape.Length; i++)
            dimensions[i + 1] = shape[i];
        return frombuffer(row, ScalarType.Float32).view(dimensions).to(device);
    }

    /// <exception cref="InvalidOperationException">The tensor has another number of values than was promised for <paramref name="what"/>.</exception>
    public static void CopyTo(Tensor batchOfOne, Span<float> target, string what)
    {
        if (batchOfOne.numel() != target.Length)
            throw new InvalidOperationException($"{what} gave [{string.Join(", ", batchOfOne.shape)}] for a batch of one; {target.Length} values were promised.");
        using var flat = batchOfOne.cpu().contiguous();
        MemoryMarshal.Cast<byte, float>(flat.bytes).CopyTo(target);
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
