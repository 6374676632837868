using System.Runtime.InteropServices;
using Lens2Logit.Isp;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>Rows into tensors and back, outside of training. Tensors belong to the current dispose scope.</summary>
internal static class StageInference
{
    /// <summary>Rows [shape] as a batch [N, shape] on the device.</summary>
    public static Tensor ToBatch(ReadOnlySpan<float[]> rows, ReadOnlySpan<int> shape, Device device)
    {
        var dimensions = new long[shape.Length + 1];
        dimensions[0] = rows.Length;
        for (int i = 0; i < shape.Length; i++)
            dimensions[i + 1] = shape[i];
        var batch = empty(dimensions, ScalarType.Float32);
        var target = MemoryMarshal.Cast<byte, float>(batch.bytes);
        foreach (var row in rows)
        {
            row.CopyTo(target);
            target = target[row.Length..];
        }
        return batch.to(device);
    }

    /// <exception cref="InvalidOperationException">The batch has another number of values than was promised for <paramref name="what"/>.</exception>
    public static void CopyTo(Tensor batch, ReadOnlySpan<float[]> rows, string what)
    {
        using var flat = batch.cpu().contiguous();
        var source = MemoryMarshal.Cast<byte, float>(flat.bytes);
        if (source.Length != rows.Length * rows[0].Length)
            throw new InvalidOperationException($"{what} gave [{string.Join(", ", batch.shape)}] for {rows.Length} row(s); {rows[0].Length} values a row were promised.");
        foreach (var row in rows)
        {
            source[..row.Length].CopyTo(row);
            source = source[row.Length..];
        }
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
