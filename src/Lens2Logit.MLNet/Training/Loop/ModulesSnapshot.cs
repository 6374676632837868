using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>A copy of the state of all modules, to which training can go back.</summary>
internal sealed class ModulesSnapshot : IDisposable
{
    private readonly TrainedModules _modules;
    private readonly Dictionary<string, Tensor> _copies;

    public ModulesSnapshot(TrainedModules modules)
    {
        _modules = modules;
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _copies = modules.State().ToDictionary(entry => entry.Name, entry => entry.Value.detach().clone().DetachFromDisposeScope());
    }

    /// <summary>The copies by name.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() => _copies.Select(entry => (entry.Key, entry.Value));

    /// <summary>Copies the state as it is now.</summary>
    public void Take()
    {
        using var noGradients = no_grad();
        foreach (var (name, value) in _modules.State())
            _copies[name].copy_(value);
    }

    /// <summary>Gives the modules the state of the last <see cref="Take"/>.</summary>
    public void Restore()
    {
        using var noGradients = no_grad();
        foreach (var (name, value) in _modules.State())
            value.copy_(_copies[name]);
    }

    public void Dispose()
    {
        foreach (var copy in _copies.Values)
            copy.Dispose();
    }
}
