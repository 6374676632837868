using static TorchSharp.torch;

namespace Lens2Logit.Tests;

/// <summary>The process's live tensors, for tests that nothing is left behind.</summary>
internal static class LiveTensors
{
    /// <summary>
    /// How many there are, without those that only wait for their finaliser: TorchSharp's layers drop some tensors when they are disposed,
    /// and a collection in the middle of a later test would count as that test's.
    /// </summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
