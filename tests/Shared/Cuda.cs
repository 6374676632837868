using TorchSharp;

namespace Lens2Logit.Tests;

/// <summary>For tests that need a GPU.</summary>
internal static class Cuda
{
    /// <summary>Skips the test, with the reason, where libtorch sees no CUDA device.</summary>
    public static void Require()
    {
        if (!torch.cuda.is_available())
            Assert.Ignore("There is no CUDA device, or the tests were built for the CPU (TorchBackend).");
    }
}
