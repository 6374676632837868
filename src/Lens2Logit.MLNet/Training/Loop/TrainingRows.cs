using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>
/// The rows of a training or validation set: source images and targets. Kept in memory, or read anew from the data view whenever they
/// are asked for. Only the two columns are read.
/// </summary>
internal sealed class TrainingRows
{
    private readonly RowColumns _columns;
    private readonly TrainingRow[]? _cached;
    private readonly ulong[] _keys;
    private readonly float[][] _targets;

    private TrainingRows(RowColumns columns, TrainingRow[]? cached, ulong[] keys, float[][] targets) => (_columns, _cached, _keys, _targets) = (columns, cached, keys, targets);

    public int Count => _keys.Length;

    /// <summary>Identity of every row, in the order of the data.</summary>
    public IReadOnlyList<ulong> Keys => _keys;

    /// <summary>The group of every row, see <see cref="TargetColumn.Stratum"/>.</summary>
    public IEnumerable<int> Strata => _targets.Select(_columns.Target.Stratum);

    public IReadOnlyList<int> ImageShape => _columns.ImageShape;

    public IReadOnlyList<int> TargetShape => _columns.Target.Shape;

    /// <summary>Reads targets, and images if they are to be kept. Rows without a target are left out with a warning.</summary>
    /// <exception cref="ArgumentException">A column is missing or has another shape.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while reading.</exception>
    /// <exception cref="InvalidDataException">A pixel is not finite or a target cannot be used; the message names row and column.</exception>
    public static TrainingRows Open(IDataView data, string imageColumn, IReadOnlyList<int> imageShape, TargetColumn target, bool keep, IChannel channel, CancellationToken cancellation)
    {
        var columns = new RowColumns(data, imageColumn, imageShape, target);
        var rows = new List<TrainingRow>();
        int missing = columns.ReadAll(keep, row =>
        {
            cancellation.ThrowIfCancellationRequested();
            // Of a mask that is read again in every epoch, only the group is needed now.
            rows.Add(keep || target.Shape.Count == 0 ? row : row with { Target = [target.Stratum(row.Target)] });
        });
        if (missing > 0)
            channel.Warning($"{missing} row(s) have no {target.Role} in column '{target.Name}' and are left out.");
        return new(columns, keep ? [.. rows] : null, [.. rows.Select(row => row.Key)], [.. rows.Select(row => row.Target)]);
    }

    /// <summary>All rows once; in the order of the data, or shuffled by a seed.</summary>
    public IEnumerable<TrainingRow> Read(int? seed)
    {
        if (_cached is null)
            return ReadAgain(seed);
        if (seed is not { } value)
            return _cached;
        var order = Enumerable.Range(0, Count).ToArray();
        new Random(value).Shuffle(order);
        return order.Select(index => _cached[index]);
    }

    /// <summary>Draws a share of every stratum.</summary>
    /// <returns>The rows that are left, and those drawn.</returns>
    public (TrainingRows Kept, TrainingRows Drawn) Split(double fraction, int seed)
    {
        var random = new Random(seed);
        var drawn = new HashSet<int>();
        foreach (var stratum in Strata.Select((stratum, index) => (stratum, index)).GroupBy(row => row.stratum, row => row.index).OrderBy(group => group.Key))
        {
            var members = stratum.ToArray();
            random.Shuffle(members);
            drawn.UnionWith(members.Take((int)Math.Round(fraction * members.Length)));
        }
        return (Where(index => !drawn.Contains(index)), Where(drawn.Contains));
    }

    private TrainingRows Where(Func<int, bool> keep)
    {
        int[] indices = [.. Enumerable.Range(0, Count).Where(keep)];
        return new(_columns, _cached is null ? null : [.. indices.Select(i => _cached[i])], [.. indices.Select(i => _keys[i])], [.. indices.Select(i => _targets[i])]);
    }

    private IEnumerable<TrainingRow> ReadAgain(int? seed)
    {
        var members = _keys.ToHashSet();
        int seen = 0;
        foreach (var row in _columns.Read(seed).Where(row => members.Contains(row.Key)))
        {
            seen++;
            yield return row;
        }
        if (seen != Count)
            throw new InvalidOperationException($"The data gave {seen} rows when it was read again, and {Count} the first time. Set CacheRows, or cache the data.");
    }
}
