using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Lens2Logit.Native;

/// <summary>How tensors lie in the memory of the CPU.</summary>
internal static class TensorMemory
{
    /// <summary>Where the first number lies, whatever the type and the strides.</summary>
    public static unsafe byte* Start(Tensor tensor)
    {
        // Bytes are to be had of every type, but only of contiguous tensors of no more than 2 GiB: those of the first number say where the tensor lies.
        using var first = tensor.as_strided([1], [1], tensor.storage_offset());
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>Whether pixels [N, C, H, W] lie one after the other, with their channels side by side.</summary>
    public static bool IsChannelsLast(Tensor images)
    {
        using var rows = images.permute(0, 2, 3, 1);
        return rows.is_contiguous();
    }

    /// <summary>Images in that order; themselves if they are.</summary>
    /// <remarks>Torch has this memory format only behind an argument that TorchSharp does not offer: strides say the same.</remarks>
    public static Tensor ChannelsLast(Tensor images) => images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>Whether the numbers of two tensors of one shape fill their memory in the same order.</summary>
    public static bool AreAlike(Tensor first, Tensor second)
    {
        if (first.is_contiguous())
            return second.is_contiguous();
        return first.dim() == 4 && second.dim() == 4 && IsChannelsLast(first) && IsChannelsLast(second);
    }
}
