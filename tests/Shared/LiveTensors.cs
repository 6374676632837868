using TorchSharp;

namespace Lens2Logit.Tests;

/// <summary>The number of tensors alive, without those that only wait for the garbage collector.</summary>
internal static class LiveTensors
{
    public static long Count()
    {
        // What one collection finalises may be what kept others alive: until nothing more goes.
        long count = torch.Tensor.TotalCount;
        for (int unchanged = 0; unchanged < 3;)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            long left = torch.Tensor.TotalCount;
            (unchanged, count) = (left == count ? unchanged + 1 : 0, left);
        }
        return count;
    }
}
