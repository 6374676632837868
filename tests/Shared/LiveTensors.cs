using TorchSharp;

namespace Lens2Logit.Tests;

/// <summary>The number of tensors alive, without those that only wait for the garbage collector.</summary>
internal static class LiveTensors
{
    public static long Count()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return torch.Tensor.TotalCount;
    }
}
