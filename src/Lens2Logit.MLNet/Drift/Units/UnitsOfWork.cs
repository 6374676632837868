using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Drift.Units;

/// <summary>
/// The units of work of one run: takes those that are there from their files, computes those of this shard, and keeps what it computes. A unit
/// that belongs to another shard and is not there is missing.
/// </summary>
internal sealed class UnitsOfWork(DriftOptions options, IReadOnlyDictionary<string, string> experiment, IChannel channel)
{
    private readonly UnitStore _store = new(experiment);
    private readonly List<string> _missing = [];
    private int _count;

    /// <summary>Where results of units may be, in the order in which they are looked for.</summary>
    public IEnumerable<string> Folders => options is { ResultFolder: { } own, Resume: true } ? [own, .. options.MergeFolders] : options.MergeFolders;

    /// <summary>Units that are neither there nor of this shard, or that failed.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>How many of the units, in their order, are to be computed here. Looks at the files of all, so that a wrong folder is found before hours of work.</summary>
    /// <exception cref="InvalidDataException">A file belongs to another experiment; the message names what differs.</exception>
    public int ToCompute(IEnumerable<string> units) => units.Select((unit, index) => (IsThere: Folders.Any(folder => _store.Holds(folder, unit)), IsOurs: options.Shard.Holds(index)))
        .Count(unit => unit is { IsThere: false, IsOurs: true });

    /// <summary>The result of the next unit, or null where it is missing. Units are told apart by name, and dealt to shards in the order in which they are asked for.</summary>
    /// <param name="unit">Its name.</param>
    /// <param name="compute">Computes it; null where it cannot be computed.</param>
    /// <param name="isWhole">Whether what the result refers to is whole, too, in its folder. Default: it refers to nothing.</param>
    public T? Get<T>(string unit, Func<T?> compute, Func<string, T, bool>? isWhole = null)
        where T : class
    {
        bool isOurs = options.Shard.Holds(_count++);
        if (Known(unit, isWhole) is { } known)
            return known;
        options.CancellationToken.ThrowIfCancellationRequested();
        var result = isOurs ? compute() : null;
        if (result is null)
            _missing.Add(unit);
        else if (options.ResultFolder is { } folder)
            _store.Write(folder, unit, result);
        return result;
    }

    private T? Known<T>(string unit, Func<string, T, bool>? isWhole)
        where T : class
    {
        foreach (var folder in Folders)
        {
            if (_store.Read<T>(folder, unit, message => channel.Warning(message)) is { } result && (isWhole is null || isWhole(folder, result)))
                return result;
        }
        return null;
    }
}
