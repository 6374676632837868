using System.Runtime.CompilerServices;
using Lens2Logit.Native;

namespace Lens2Logit.Tests;

internal static class LoadTorch
{
    // Some tests touch TorchSharp before they touch anything of ours.
#pragma warning disable CA2255
    [ModuleInitializer]
    internal static void Install() => TorchNative.Install();
#pragma warning restore CA2255
}
