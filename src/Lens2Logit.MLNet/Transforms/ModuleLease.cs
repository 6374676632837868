using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>
/// A share in a torch module. Several transformers may hold the same module, as when a user gives one stage to two pipelines; the module
/// is disposed with the last share. Thread safe, and disposing twice does nothing.
/// </summary>
internal sealed class ModuleLease : IDisposable
{
    private static readonly ConditionalWeakTable<nn.Module, Holders> Table = [];

    private readonly nn.Module _module;
    private int _disposed;

    public ModuleLease(nn.Module module)
    {
        _module = module;
        Interlocked.Increment(ref Table.GetOrCreateValue(module).Count);
    }

    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && Interlocked.Decrement(ref Table.GetOrCreateValue(_module).Count) == 0)
            _module.Dispose();
    }

    private sealed class Holders
    {
        public int Count;
    }
}
