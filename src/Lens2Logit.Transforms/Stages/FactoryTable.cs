using System.Collections.Concurrent;

namespace Lens2Logit.Stages;

/// <summary>A thread-safe table of named factories whose errors list the valid names.</summary>
internal sealed class FactoryTable<TFactory>(string what, string registry)
{
    private readonly ConcurrentDictionary<string, TFactory> _factories = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _factories.Keys.Order(StringComparer.Ordinal);

    public TFactory this[string name]
    {
        set => _factories[name] = value;
    }

    public void Register(string name, TFactory factory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(factory);
        if (!_factories.TryAdd(name, factory))
            throw new ArgumentException($"A {what} named '{name}' is registered already.", nameof(name));
    }

    public TFactory Find(string name) => _factories.TryGetValue(name, out var factory)
        ? factory
        : throw new ArgumentException($"There is no {what} named '{name}'. Registered: {string.Join(", ", Names)}. Add your own with {registry}.Register.", nameof(name));
}
