using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.IO;

/// <summary>Saves the state (parameters and buffers) of a torch module as safetensors, and loads it strictly.</summary>
public static class ModuleWeights
{
    /// <summary>Writes the module's state dictionary.</summary>
    /// <param name="module">The module.</param>
    /// <param name="stream">Receives a safetensors file.</param>
    public static void Save(nn.Module module, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(module);
        SafeTensors.Write(stream, module.state_dict().Select(entry => (entry.Key, entry.Value)));
    }

    /// <summary>Reads weights into the module. Nothing changes unless all fit.</summary>
    /// <param name="module">The module; its types and device stay.</param>
    /// <param name="stream">A safetensors file.</param>
    /// <exception cref="InvalidDataException">
    /// The data is not in the format, or names or shapes differ; the message lists every missing, unexpected and misshapen entry.
    /// </exception>
    public static void Load(nn.Module module, Stream stream) => Load(module, stream, []);

    /// <summary>Reads weights into the module, but for some entries. Nothing changes unless all others fit.</summary>
    /// <param name="module">The module; its types and device stay.</param>
    /// <param name="stream">A safetensors file.</param>
    /// <param name="except">Entries, or layers with all their entries, that are left out in the file and stay in the module.</param>
    /// <exception cref="InvalidDataException">
    /// The data is not in the format, or names or shapes differ; the message lists every missing, unexpected and misshapen entry.
    /// </exception>
    public static void Load(nn.Module module, Stream stream, IReadOnlyCollection<string> except)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(except);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var tensors = SafeTensors.Read(stream);
        var state = module.state_dict().Where(entry => !IsExcepted(entry.Key)).ToDictionary();
        var problems = state.Keys.Where(name => !tensors.ContainsKey(name)).Select(name => $"'{name}' is missing")
            .Concat(tensors.Keys.Where(name => !state.ContainsKey(name) && !IsExcepted(name)).Select(name => $"'{name}' is unexpected"))
            .Concat(from name in state.Keys
                    where tensors.ContainsKey(name) && !tensors[name].shape.SequenceEqual(state[name].shape)
                    select $"'{name}' has shape [{string.Join(", ", tensors[name].shape)}], expected [{string.Join(", ", state[name].shape)}]")
            .ToList();
        if (problems.Count > 0)
            throw new InvalidDataException($"The weights do not fit {module.GetName()}: {string.Join("; ", problems)}.");
        foreach (var (name, target) in state)
            target.copy_(tensors[name]);

        bool IsExcepted(string name) => except.Any(part => name.StartsWith(part, StringComparison.Ordinal) && (name.Length == part.Length || name[part.Length] == '.'));
    }
}
